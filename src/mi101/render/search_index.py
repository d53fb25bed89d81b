"""The search index: small files that a page fetches only as far as a query needs them.

What is typed is matched against the whole vocabulary (one file, front-coded), because a misspelt word may begin with any letter.
Only then are the postings of the words it may mean fetched, and the few entries that are shown. So the bytes before a first
result grow with the vocabulary, not with the entries. assets/js/search-engine.js reads it; both have `tokens` and `squeezed`.

- `search/vocabulary.json`: {format, counts of entries, words front-coded, where each postings file begins, name files}
- `search/p<n>.json`: for each word of a stretch, three lists of entries (delta-coded): in a name (with the length in words of
  the shortest such name), in what says what it is, in all else that is said of it
- `search/n<n>.json`: whole names, squeezed, to entries: what an exact name or alias means
- `search/e<n>.json`: a block of entries: [kind, title, address, text]
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from mi101.render.edition import Edition
from mi101.render.links import address_of, authors
from mi101.render.uses import page_title
from mi101.store.prose import ANY_LINK

FORMAT = 1
KINDS = ("term", "page", "path", "reading", "problem")
LONGEST = 9  # names of more words count as long as this
BLOCK = 12  # entries in a file: eight results then cost a few kilobytes
STRETCH = 5000  # bytes of postings in a file
MOST = 0.3  # a word in more of the texts than this tells too little to be worth its postings
STOP = frozenset(
    re.findall(
        r"\w+",
        """a an and are as at be by can for from has have how in is it its of on or that the their this to was what when which who
        why with""",
    )
)


@dataclass(frozen=True)
class Doc:
    """One thing that search can find. `text` is shown; `hints` count as much, and `more` less."""

    kind: str
    title: str
    names: tuple[str, ...]
    text: str
    address: str
    more: str = ""
    hints: str = ""


def docs(edition: Edition) -> Iterator[Doc]:
    """Everything that search can find, terms first."""
    base = edition.base
    for ident, term in base.terms.items():
        names = (term.term, ident, *(text for _, _, text in term.aliases.all()))
        more = _prose(term.explanation or "")
        yield Doc("term", term.term, names, term.definition, f"glossary/{ident}/", more, " ".join(term.hints))
    for page in base.pages.values():
        if page.path.startswith(("concepts/", "tutorials/", "contribute/")):
            said = re.search(r"(?m)^description: *(.+)$", page.text)
            title, headings = page_title(page), " ".join(re.findall(r"(?m)^##+ (.+)$", page.text))
            yield Doc("page", title, (title,), said[1].strip("\"'") if said else "", address_of(page.path), headings)
    for ident, path in base.paths.items():
        yield Doc("path", path.title, (path.title, ident), path.outcome, f"paths/{ident}/", path.who)
    for ident, reading in base.readings.items():
        names = (reading.title, ident, *([reading.arxiv] if reading.arxiv else []))
        text = f"{authors(reading.authors)}, {reading.year}. {reading.summary}"
        more = f"{reading.why_read} {' '.join(reading.authors)}"
        yield Doc("reading", reading.title, names, text, f"readings/{ident}/", more, " ".join(reading.hints))
    for ident, problem in base.problems.items():
        title = f"Open problem {problem.number or ident}"
        hints = " ".join(problem.hints)
        yield Doc("problem", title, (title, ident), problem.question, f"problems/{ident}/", problem.starter, hints)


def _prose(markdown: str) -> str:
    """What a reader reads of it: no addresses, no maths."""
    return re.sub(r"\$[^$]*\$", " ", ANY_LINK.sub(r"\g<text>", markdown))


def fold(text: str) -> str:
    """Lower case without accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).lower()


def tokens(text: str) -> list[str]:
    """The words of a text, plural endings taken off. search-engine.js does the same."""
    return [_stem(word) for word in re.findall(r"[a-z0-9_]+", fold(text))]


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as")):
        return word[:-1]
    return word


def squeezed(name: str) -> str:
    """A name as the exact table keeps it: `W_QK`, `w qk` and `WQK` are one; so are hyphens, spaces and plurals."""
    return "".join(tokens(name.replace("_", " ")))


def search_index(edition: Edition) -> dict[str, str]:
    """Every file of the index, by its path below the site."""
    return index_of(list(docs(edition)))


def index_of(listed: list[Doc]) -> dict[str, str]:
    """The index of any list of entries."""
    postings = _postings(listed)
    words = sorted(set().union(*postings))
    stretches, rows = _stretches(words, postings)
    names = _names(listed)
    blocks = [listed[i : i + BLOCK] for i in range(0, len(listed), BLOCK)]
    files: dict[str, Any] = {f"p{n}": stretch for n, stretch in enumerate(rows)}
    files |= {f"n{n}": table for n, table in enumerate(names)}
    files |= {f"e{n}": [[KINDS.index(d.kind), d.title, d.address, d.text] for d in block] for n, block in enumerate(blocks)}
    files["vocabulary"] = {
        "format": FORMAT,
        "kinds": _runs(listed),
        "block": BLOCK,
        "names": len(names),
        "stretches": stretches,
        "words": " ".join(_front_coded(words)),
    }
    return {f"search/{name}.json": json.dumps(value, ensure_ascii=False, separators=(",", ":")) for name, value in files.items()}


Postings = dict[str, list[tuple[int, int]]]


def _postings(listed: list[Doc]) -> tuple[Postings, Postings, Postings]:
    """For each word the entries that have it: in a name, with the length of that name; in a text, if it tells entries apart."""
    in_names: Postings = defaultdict(list)
    in_texts: Postings = defaultdict(list)
    in_more: Postings = defaultdict(list)
    for n, doc in enumerate(listed):
        named: dict[str, int] = {}
        for name in doc.names:
            words = tokens(name)
            for part in {part for word in words for part in (word, *word.split("_")) if part}:
                named[part] = min(len(words), LONGEST, named.get(part, LONGEST))
        said = set(tokens(f"{doc.text} {doc.hints}")) - named.keys() - STOP
        beside = set(tokens(doc.more)) - named.keys() - said - STOP
        for found, words_of in ((in_names, named), (in_texts, dict.fromkeys(said, 0)), (in_more, dict.fromkeys(beside, 0))):
            for word, length in words_of.items():
                found[word].append((n, length))
    most = max(40, int(MOST * len(listed)))
    return in_names, _telling(in_texts, most), _telling(in_more, most)


def _telling(found: Postings, most: int) -> Postings:
    return {word: entries for word, entries in found.items() if len(entries) <= most}


def _stretches(words: list[str], postings: tuple[Postings, ...]) -> tuple[list[int], list[list[str]]]:
    """Postings in files of about one size: the index of each file's first word, and each file's rows."""
    starts: list[int] = [0]
    rows: list[list[str]] = [[]]
    size = 0
    for n, word in enumerate(words):
        row = "|".join(_deltas(some.get(word, ())) for some in postings)
        if size + len(row) > STRETCH and rows[-1]:
            starts.append(n)
            rows.append([])
            size = 0
        rows[-1].append(row)
        size += len(row) + 3
    return starts, rows


def _deltas(found: Iterable[tuple[int, int]]) -> str:
    """Entries 1, 5, 11 as their distances in base 36, each behind the digit for its name's length where it has one."""
    before, said = 0, []
    for n, length in found:
        said.append(f"{length or ''}{_base36(n - before)}")
        before = n
    return ",".join(said)


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    said = digits[number % 36]
    while number := number // 36:
        said = digits[number % 36] + said
    return said


def _front_coded(words: list[str]) -> Iterator[str]:
    """Each word as how many letters it shares with the one before (a base-36 digit) and the rest."""
    before = ""
    for word in words:
        shared = 0
        while shared < min(len(word), len(before), 35) and word[shared] == before[shared]:
            shared += 1
        yield _base36(shared) + word[shared:]
        before = word


def _names(listed: list[Doc]) -> list[dict[str, list[int]]]:
    """Whole names in as many files as keep each at a few kilobytes, chosen by the name's CRC-32."""
    owners: dict[str, list[int]] = defaultdict(list)
    for n, doc in enumerate(listed):
        for name in {squeezed(name) for name in doc.names} - {""}:
            owners[name].append(n)
    count = max(1, len(owners) // 100)
    files: list[dict[str, list[int]]] = [{} for _ in range(count)]
    for name in sorted(owners):
        files[crc32(name.encode()) % count][name] = owners[name]
    return files


def _runs(listed: list[Doc]) -> list[int]:
    """How many entries there are of each kind, which follow one another: an entry's number tells its kind."""
    return [sum(doc.kind == kind for doc in listed) for kind in KINDS]
