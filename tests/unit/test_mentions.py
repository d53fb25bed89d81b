"""The first mention of a term in a section is a link; nothing else is touched."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mi101.render.edition import Edition
from mi101.render.mentions import Names
from mi101.render.pages.entries import term_page
from mi101.render.redirects import redirects
from mi101.render.search_index import docs
from mi101.store.load import load_base
from tests.unit.test_render import Elements, html


@pytest.fixture(scope="module")
def base(template):
    return load_base(template).base


def linked(base, markdown, page="concepts/x.md"):
    return [
        link["href"].split("/")[-2]
        for link in Elements(html(base, markdown, page)).named("a")
        if "mi-auto" in link.get("class", "")
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The residual stream is wide.", ["residual-stream"]),
        ("The Residual Stream, and the residual stream again.", ["residual-stream"]),
        ("Residual streams add up.", ["residual-stream"]),
        ("The residual-stream is wide.", ["residual-stream"]),
        ("Two logit lenses.", ["logit-lens"]),
        ("An SAE of the residual stream.", ["sparse-autoencoder", "residual-stream"]),
        ("A sae is no SAE.", ["sparse-autoencoder"]),
        ("An SAE-like thing, a non-SAE, a logit-lens-like one.", []),
        ("residual, stream", []),
        ("`residual stream` and $residual stream$", []),
        ("## Residual stream", []),
        ("[the residual stream](https://a.org)", []),
        ('An <a href="x/">residual stream</a> of the SAE.', []),
        ('<div markdown="1">\n<p><a href="x/"><span>residual stream</span></a></p>\n\nAn SAE.\n</div>', ["sparse-autoencoder"]),
        ("**A residual stream.** *Logit lens.*", ["residual-stream", "logit-lens"]),
        ("- one residual stream\n- another residual stream", ["residual-stream"]),
        ("A residual stream.\n\n## Next\n\nA residual stream.", ["residual-stream", "residual-stream"]),
        ("A residual stream.\n\n### Next\n\nA residual stream.", ["residual-stream"]),
        ("[x](term:residual-stream) and the residual stream", []),
        ("The [residual stream](term:), plain. Then the residual stream.", ["residual-stream"]),
        ("| head |\n|---|\n| residual stream |", ["residual-stream"]),
    ],
)
def test_what_becomes_a_link(base, text, found):
    assert linked(base, text) == found


def test_a_page_does_not_link_to_itself(base):
    assert linked(base, "A logit lens reads the residual stream.", "concepts/logit-lens.md") == ["residual-stream"]
    assert linked(base, "A logit lens reads the residual stream.", "glossary/residual-stream/index.md") == ["logit-lens"]


def test_lists_of_generated_pages_are_left_alone(base):
    text = "The residual stream.\n\n- A logit lens"
    assert linked(base, text, "problems/x/index.md") == ["residual-stream"]
    assert linked(base, text) == ["residual-stream", "logit-lens"]


def test_an_everyday_word_is_not_linked(tiny):
    tiny.write("glossary/residual-stream.yaml", tiny.read("glossary/residual-stream.yaml") + "linked: false\n")
    assert linked(tiny.load(), "The residual stream and the logit lens.") == ["logit-lens"]


def test_a_name_of_one_word_is_found_in_the_plural(tiny):
    entry = tiny.read("glossary/residual-stream.yaml")
    tiny.write("glossary/residual-stream.yaml", entry + "aliases: {aka: [stream], abbr: [RS]}\n")
    assert linked(tiny.load(), "Two streams.") == ["residual-stream"]
    assert linked(tiny.load(), "Two rss or RSs.") == []


def test_a_name_that_an_entry_only_explains_leads_there_and_is_not_linked(tiny):
    entry = tiny.read("glossary/residual-stream.yaml")
    tiny.write("glossary/residual-stream.yaml", entry + "aliases: {explains: [running sum]}\n")
    base = tiny.load()
    assert linked(base, "A running sum.") == []
    assert "glossary/running-sum/index.html" in redirects(base)
    assert any("running sum" in doc.names for doc in docs(Edition.of(base)))
    page = term_page(Edition.of(base), "residual-stream")
    assert "Explained here: running sum" in page and "Also:" not in page


def test_a_link_of_ones_own_making_carries_a_card(base):
    [link] = Elements(html(base, "The residual stream.")).named("a")
    assert link["href"] == "../../glossary/residual-stream/"
    assert link["data-mi-title"] == "Residual stream"


@given(st.text(alphabet="residual stream SAE logit-lens.,\n*_", max_size=80))
def test_the_text_stays_the_same_whatever_is_linked(base, text):
    """Links only wrap: what a reader reads is what stands there without them."""
    none = Names()
    names = Names.of(base)
    plain = Elements(html(base, text)).text
    found = list(names.find(text))
    assert all(text[start:end].strip() == text[start:end] for start, end, _ in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert not list(none.find(text))
    assert re.sub(r"\W", "", plain) == re.sub(r"\W", "", Elements(html(base, text)).text)
