"""Search as readers use it, and how well it finds: on the real site, in a real browser."""

import statistics

import pytest

from mi101.render.search_index import squeezed, tokens
from mi101.store.load import load_base
from tests.search import definition_words, names, written

from .conftest import REPOSITORY, SIZES, Visit

pytestmark = pytest.mark.browser
BASE = load_base(REPOSITORY).base
OPTIONS = "#mi-find-list [role=option]"


def ask(page, text: str) -> list[str]:
    """Open the search by its key, type, and read the results' titles."""
    page.keyboard.press("/")
    page.locator(".mi-find__input").fill("")
    page.keyboard.type(text)
    page.locator(f'#mi-find-list[data-query="{text.strip()}"]').wait_for(state="attached")
    return page.locator(f"{OPTIONS} .mi-find__title").all_inner_texts()


@pytest.mark.parametrize("path", ["", "glossary/induction-head/", "readings/", "concepts/logit-lens/", "contribute/codes/"])
def test_one_key_opens_it_from_any_page_and_results_appear_while_typing(visit: Visit, path: str) -> None:
    page = visit.open(path)
    assert page.locator(".mi-find").is_hidden()
    titles = ask(page, "residual str")
    assert titles[0] == "Residual stream"
    assert "sum of vectors" in page.locator(f"{OPTIONS} .mi-find__text").first.inner_text(), "the definition is shown"
    page.keyboard.press("Escape")
    assert page.locator(".mi-find").is_hidden()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("W_QK", "QK circuit"),
        ("SAE", "Sparse autoencoder"),
        ("superpositon", "Superposition"),
        ("Residual Streams", "Residual stream"),
        ("activation-patching", "Activation patching"),
        ("2211.00593", "Interpretability in the Wild: a Circuit for Indirect Object Identification in GPT-2 small"),
        ("open problem 2.13", "Open problem 2.13"),
    ],
)
def test_what_is_typed_and_what_comes_first(visit: Visit, typed: str, first: str) -> None:
    assert ask(visit.open(""), typed)[0] == first


def test_arrows_choose_and_enter_follows(visit: Visit) -> None:
    page = visit.open("glossary/")
    ask(page, "attention head")
    chosen = page.locator(f"{OPTIONS}[aria-selected=true]")
    assert chosen.count() == 1
    first = chosen.inner_text()
    page.keyboard.press("ArrowDown")
    assert chosen.inner_text() != first
    assert page.locator(".mi-find__input").get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("ArrowUp")
    assert chosen.inner_text() == first
    page.keyboard.press("ArrowUp")  # from the first to the last
    target = chosen.get_attribute("data-address") or "?"
    page.keyboard.press("Enter")
    page.wait_for_url(target)


def test_nothing_found_is_said(visit: Visit) -> None:
    page = visit.open("")
    assert ask(page, "zzqxjw") == []
    assert "Nothing found" in page.locator(".mi-find__said").inner_text()


@pytest.mark.parametrize("visit", [{"viewport": SIZES["phone"], "has_touch": True}], indirect=True)
def test_a_finger_can_open_use_and_close_it(visit: Visit) -> None:
    page = visit.open("")
    page.locator(".mi-find__open").tap()
    page.locator(".mi-find__input").fill("logit lens")
    page.locator(OPTIONS).first.wait_for()
    page.locator(".mi-find__shut").tap()
    assert page.locator(".mi-find").is_hidden()


def test_a_slash_typed_into_a_field_is_a_slash(visit: Visit) -> None:
    page = visit.open("glossary/")
    page.locator(".mi-filter input[name=q]").click()
    page.keyboard.type("a/b")
    assert page.locator(".mi-find").is_hidden()
    assert page.locator(".mi-filter input[name=q]").input_value() == "a/b"


def test_an_index_that_cannot_be_read_is_said_and_asked_for_again(visit: Visit) -> None:
    page = visit.open("")
    page.route("**/search/*.json", lambda route: route.abort())
    ask(page, "head")
    assert "could not be read" in page.locator(".mi-find__said").inner_text()
    page.unroute("**/search/*.json")
    visit.complaints.clear()
    assert ask(page, "induction head")[0] == "Induction head"


def recall(page, asked: list[tuple[str, str, list[str]]]) -> dict[str, tuple[float, float]]:
    """For each kind of query, how often the wanted entry comes first, and how often among the first five."""
    found = page.evaluate(
        """async (asked) => {
          const all = [];
          for (const q of asked) all.push((await mi101.search(q)).map((result) => result.address));
          return all;
        }""",
        [query for _, query, _ in asked],
    )
    hits: dict[str, list[tuple[bool, bool]]] = {}
    start = page.url
    for (kind, _, want), addresses in zip(asked, found, strict=True):
        plain = [address.removeprefix(start) for address in addresses]
        hits.setdefault(kind, []).append((bool(plain) and plain[0] in want, any(address in want for address in plain[:5])))
    return {kind: (statistics.mean(a for a, _ in each), statistics.mean(b for _, b in each)) for kind, each in hits.items()}


def test_it_finds_what_readers_want(visit: Visit) -> None:
    found = recall(visit.open(""), [*names(BASE), *definition_words(BASE), *written()])
    assert found["name or alias"][0] >= 0.95
    assert found["symbol"][0] >= 0.95
    assert found["misspelt"][1] >= 0.9
    assert found["half"][1] >= 0.9
    assert found["words of the definition"][1] >= 0.9
    # In words that the entry mostly does not use, by design the hardest.
    assert found["described"][1] >= 0.9


def test_the_page_takes_words_apart_as_the_index_does(visit: Visit) -> None:
    """tokens and squeezed exist twice, here and there."""
    page = visit.open("")
    texts = [name for _, name, _ in names(BASE)] + [reading.title for reading in BASE.readings.values()]
    texts += [text for term in BASE.terms.values() for text in (term.definition, *term.definition.split())]
    there = page.evaluate("(texts) => texts.map((text) => [mi101.tokens(text), mi101.squeezed(text)])", texts)
    assert there == [[tokens(text), squeezed(text)] for text in texts]
