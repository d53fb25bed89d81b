"""The glossary as flash cards: an Anki package, made by genanki. Ids are fixed, so that a new deck updates the old one."""

import tempfile
from datetime import datetime
from html import escape
from pathlib import Path

import genanki

from mi101.records import LEVELS
from mi101.render.edition import Edition

MODEL_ID, DECK_ID = 1742063101, 1742063102  # drawn once; changing one would orphan everybody's cards
FRONT, BACK = "{{Term}}", "{{FrontSide}}<hr id=answer>{{Definition}}<p class=more>{{Also}}</p>{{Link}}"
STYLE = (
    ".card {font-family: sans-serif; font-size: 19px; text-align: left; max-width: 34em; margin: auto} .more {font-size: 14px}"
)


class _Note(genanki.Note):
    """A note known by the entry's id, whatever becomes of its text."""

    @property
    def guid(self) -> str:
        return genanki.guid_for("mi101", self.fields[0])

    @guid.setter
    def guid(self, value: object) -> None:
        """genanki sets None when it makes a note."""


def anki(edition: Edition) -> bytes:
    """The package: for each term a card that asks for its meaning and one that asks for its name."""
    model = genanki.Model(
        MODEL_ID,
        "Mech Interp 101 term",
        fields=[{"name": name} for name in ("Id", "Term", "Definition", "Also", "Link")],
        templates=[
            {"name": "Meaning", "qfmt": FRONT, "afmt": BACK},
            {
                "name": "Name",
                "qfmt": "{{Definition}}",
                "afmt": "{{FrontSide}}<hr id=answer><b>{{Term}}</b><p class=more>{{Also}}</p>",
            },
        ],
        css=STYLE,
    )
    deck = genanki.Deck(DECK_ID, "Mech Interp 101", "Terms of mechanistic interpretability.")
    for ident, term in sorted(edition.base.terms.items()):
        also = ", ".join(term.aliases.same())
        link = f'<a href="{escape(edition.url)}glossary/{ident}/">Read the entry</a>'
        fields = [ident, escape(term.term), escape(term.definition), escape(also), link]
        tags = [term.area, LEVELS[term.level].replace(" ", "-"), term.status]
        deck.add_note(_Note(model=model, fields=fields, tags=tags))
    newest = max(edition.history.changed.values(), default="2026-01-01T00:00:00+00:00")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "terms.apkg"
        genanki.Package(deck).write_to_file(path, timestamp=datetime.fromisoformat(newest).timestamp())
        return path.read_bytes()
