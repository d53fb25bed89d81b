"""The first mention of a term in a section becomes a link by itself.

A page's author switches one off by writing it as `[feature](term:)`, a term's author by `linked: false`. Names of few letters and
those with capitals inside must be written as they are; others are found whatever their case.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from markdown.util import HTML_PLACEHOLDER

from mi101.records import KnowledgeBase

SECTION = ("h1", "h2")
# What is a link already, a heading, code, or small print of ours.
CLOSED = ("a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "button", "math", "sup")
WORD = re.compile(r"[A-Za-zÀ-ÿ0-9_]+(?:[’'][a-z]+)?")
SHORT = 4
ANCHOR = re.compile(r"</?a\b")


@dataclass
class Names:
    """Every name that a page may mention, by its first word: (all words, exact spelling or none, term id), longest first."""

    by_word: dict[str, list[tuple[tuple[str, ...], str | None, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, base: KnowledgeBase) -> "Names":
        """Names, plurals and abbreviations. Symbols are left out: they stand in maths or code."""
        found = cls()
        for ident, term in base.terms.items():
            if term.linked:
                names = [term.term, *(text for kind, _, text in term.aliases.all() if kind in ("aka", "abbr", "plural"))]
                for name in dict.fromkeys(names):
                    found._add(name, ident, name != term.term)
        for listed in found.by_word.values():
            listed.sort(key=lambda entry: -len(entry[0]))
        return found

    def _add(self, name: str, ident: str, as_written: bool) -> None:
        words = tuple(word.casefold() for word in WORD.findall(name))
        if not words:
            return
        exact = name if (as_written or len(name) <= SHORT) and re.search(r"[A-Z]", name[1:]) else None
        forms = [words]
        if not exact and not words[-1].endswith("s"):
            forms.append((*words[:-1], f"{words[-1]}s"))
        for form in forms:
            self.by_word.setdefault(form[0], []).append((form, exact, ident))

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Mentions in a text, left to right, none inside another: (start, end, term id)."""
        tokens = [(match.start(), match.end(), match[0].casefold()) for match in WORD.finditer(text)]
        i = 0
        while i < len(tokens):
            for words, exact, ident in self.by_word.get(tokens[i][2], ()):
                last = i + len(words) - 1
                if last < len(tokens) and all(tokens[i + n][2] == word for n, word in enumerate(words)):
                    start, end = tokens[i][0], tokens[last][1]
                    if _alone(text, start, end) and (exact is None or text[start:end] == exact):
                        yield start, end, ident
                        i = last
                        break
            i += 1


def _alone(text: str, start: int, end: int) -> bool:
    """Whether the words stand together, nothing but spaces and hyphens between them, and are no part of a longer compound."""
    compound = re.match(r"-\w", text[end : end + 2]) or re.search(r"\w-$", text[max(0, start - 2) : start])
    return not compound and not re.search(r"[^\w\s’'-]", text[start:end])


def link_mentions(root: ElementTree.Element, names: Names, own: str | None, raw: Sequence[str], lists: bool = True) -> None:
    """Put a link on each section's first mention of each term but `own`, the page's; in lists only if `lists`.

    `raw` is the HTML that Markdown has set aside: a text that goes on inside a link of that kind is left alone.
    """
    barred = re.compile("|".join(f"{HTML_PLACEHOLDER % n}" for n, html in enumerate(raw) if ANCHOR.match(str(html))) or r"(?!)")
    seen: set[str] = {own} if own else set()
    for element in root:
        if element.tag in SECTION:
            seen = {own} if own else set()
        # What the author linked in this block counts as mentioned.
        seen |= {link.get("href", "")[5:] for link in element.iter("a") if link.get("href", "").startswith("term:")}
        if lists or element.tag not in ("ul", "ol"):
            _visit(element, names, seen, barred)


def _visit(element: ElementTree.Element, names: Names, seen: set[str], barred: re.Pattern[str]) -> None:
    if element.tag in CLOSED or not isinstance(element.tag, str):
        return
    text, links = _split(element.text, names, seen, barred)
    element.text = text
    children = [*links]
    for child in list(element):
        _visit(child, names, seen, barred)
        children.append(child)
        child.tail, links = _split(child.tail, names, seen, barred)
        children += links
    element[:] = children


def _split(
    text: str | None, names: Names, seen: set[str], barred: re.Pattern[str]
) -> tuple[str | None, list[ElementTree.Element]]:
    """The text before the first mention, and a link with what follows it for each mention."""
    if not text or not text.strip() or barred.search(text):
        return text, []
    found = []
    for start, end, ident in names.find(text):
        if ident not in seen:
            seen.add(ident)
            found.append((start, end, ident))
    if not found:
        return text, []
    links = []
    for (start, end, ident), (stop, _, _) in zip(found, [*found[1:], (len(text), 0, "")], strict=True):
        link = ElementTree.Element("a", {"href": f"term:{ident}", "class": "mi-auto"})
        link.text, link.tail = text[start:end], text[end:stop]
        links.append(link)
    return text[: found[0][0]], links
