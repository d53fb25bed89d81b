"""What must be true across the whole base. Each check is small, reads the base, and yields findings."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import partial

from mi101.records import Finding, KnowledgeBase, Place, Problem, Reading
from mi101.store.prose import spoken

MOST_DEFINITION, MOST_SUMMARY = 45, 40
HTML = re.compile(r"</?[a-zA-Z][^>]*>|<!--|<\?")


def check_base(base: KnowledgeBase) -> list[Finding]:
    """All findings about entries, models, snippets and recordings. Prose is checked in check_prose."""
    checks = (references, steps, prerequisites, formers, aliases, wording, moved, html, models, recorded, held)
    return [finding for check in checks for finding in check(base)]


def _hint(ident: str, known: Iterable[str]) -> str:
    close = get_close_matches(ident, list(known), n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else "add it first, or remove the reference"


def unknown(key: str, kind: str, ident: str, place: Place, known: Iterable[str]) -> Finding:
    """The finding for a reference that leads nowhere."""
    return Finding.of("MI011", place, key=key, kind=kind, ident=ident, hint=_hint(ident, known))


def known_ids(base: KnowledgeBase) -> dict[str, Collection[str]]:
    """What a reference can name, by kind."""
    return {
        "term": base.terms,
        "reading": base.readings,
        "problem": base.problems,
        "path": base.paths,
        "page": base.pages,
        "snippet": base.snippets,
    }


def _named(base: KnowledgeBase, kind: str, owner: str, ident: str, what: str, *keys: str | int) -> Iterator[Finding]:
    """The finding when `owner` names, under `keys`, what does not exist, or itself."""
    place, key, known = base.at(kind, owner, *keys), ".".join(map(str, keys)), known_ids(base)[what]
    if ident not in known and not base.lost(what, ident):
        yield unknown(key, what, ident, place, known)
    elif kind == what and ident == owner:
        yield Finding.of("MI012", place, key=key)


def references(base: KnowledgeBase) -> Iterator[Finding]:
    """Ids that entries name exist."""
    named = partial(_named, base)
    for ident, term in base.terms.items():
        for i, other in enumerate(term.see_also):
            yield from named("term", ident, other, "term", "see_also", i)
        for i, source in enumerate(term.sources):
            yield from named("term", ident, source, "reading", "sources", i)
        if term.introduced_by:
            yield from named("term", ident, term.introduced_by, "reading", "introduced_by")
        if term.snippet:
            yield from named("term", ident, term.snippet, "snippet", "snippet")
    for ident, reading in base.readings.items():
        for i, other in enumerate(reading.prerequisites):
            yield from named("reading", ident, other, "reading", "prerequisites", i)
    for ident, file in base.problem_files.items():
        yield from named("problem file", ident, file.source, "reading", "source")
    for ident, problem in base.problems.items():
        for i, step in enumerate(problem.progress):
            yield from named("problem", ident, step.reading, "reading", "progress", i, "reading")
        for i, term_id in enumerate(problem.prerequisites):
            yield from named("problem", ident, term_id, "term", "prerequisites", i)


def steps(base: KnowledgeBase) -> Iterator[Finding]:
    """Each step of a path names one thing, which exists."""
    for ident, path in base.paths.items():
        for i, other in enumerate(path.before):
            yield from _named(base, "path", ident, other, "path", "before", i)
        for i, step in enumerate(path.steps):
            named = step.named()
            if len(named) != 1:
                what = " and ".join(kind for kind, _ in named) or "nothing"
                yield Finding.of("MI050", base.at("path", ident, "steps", i), named=what)
            for kind, value in named:
                if kind != "exercise":
                    yield from _named(base, "path", ident, value, kind, "steps", i, kind)
            if step.snippet:
                yield from _named(base, "path", ident, step.snippet, "snippet", "steps", i, "snippet")


def prerequisites(base: KnowledgeBase) -> Iterator[Finding]:
    """No reading and no path is, by way of others, its own prerequisite. Each circle is told once."""
    readings = {ident: reading.prerequisites for ident, reading in base.readings.items()}
    for circle in _circles(readings):
        yield Finding.of("MI013", base.at("reading", circle[-1], "prerequisites"), circle=" → ".join(circle))
    for circle in _circles({ident: path.before for ident, path in base.paths.items()}):
        yield Finding.of("MI013", base.at("path", circle[-1], "before"), circle=" → ".join(circle))


def _circles(before: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    done: set[str] = set()
    for start in before:
        trail: list[str] = []
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            ident, depth = stack.pop()
            del trail[depth:]
            if ident in trail:
                circle = [*trail[trail.index(ident) :], ident]
                yield circle
                done.update(circle)
            elif ident not in done and ident in before:
                trail.append(ident)
                stack += [(other, depth + 1) for other in before[ident]]
        done.update(trail, [start])


def formers(base: KnowledgeBase) -> Iterator[Finding]:
    """An id that redirects is no longer anybody's id."""
    kinds: dict[str, Mapping[str, Reading | Problem]] = {"reading": base.readings, "problem": base.problems}
    for kind, entries in kinds.items():
        owners: dict[str, Place] = {ident: base.at(kind, ident) for ident in entries}
        for ident, entry in entries.items():
            for i, former in enumerate(entry.former):
                place = base.at(kind, ident, "former", i)
                if former in owners:
                    yield Finding.of("MI051", place, ident=former, first=owners[former])
                owners.setdefault(former, place)


def folded(name: str) -> str:
    """A name as it is compared: case, hyphens and spaces do not tell two names apart."""
    return re.sub(r"[\s_-]+", " ", name.casefold()).strip()


def aliases(base: KnowledgeBase) -> Iterator[Finding]:
    """A name or alias belongs to one term in the whole base. Symbols are compared as written: W_q and W_Q differ."""
    owners: dict[str, tuple[str, Place]] = {}
    ids = {folded(ident): ident for ident in base.terms}

    def take(name: str, shown: str, ident: str, place: Place) -> Iterator[Finding]:
        if ids.get(name, ident) != ident:
            owner = ids[name]
            yield Finding.of("MI014", place, alias=shown, owner=owner, first=base.at("term", owner, "term"))
        elif name in owners:
            owner, first = owners[name]
            yield Finding.of("MI014", place, alias=shown, owner=owner, first=first)
        else:
            owners[name] = (ident, place)

    for ident, term in base.terms.items():
        yield from take(folded(term.term), term.term, ident, base.at("term", ident, "term"))
    for ident, term in base.terms.items():
        for kind, i, alias in term.aliases.all():
            name = alias if kind == "symbol" else folded(alias)
            yield from take(name, alias, ident, base.at("term", ident, "aliases", kind, i))


def words(text: str) -> int:
    """The number of words in a text."""
    return len(text.split())


def wording(base: KnowledgeBase) -> Iterator[Finding]:
    """Lengths, definitions that begin with themselves, names that are said to be explained, notes that a status needs."""
    for ident, term in base.terms.items():
        place = base.at("term", ident, "definition")
        if (count := words(term.definition)) > MOST_DEFINITION:
            yield Finding.of("MI015", place, words=count, most=MOST_DEFINITION)
        if re.match(rf"(?:(?:an?|the)\s+)?{re.escape(term.term)}\b", term.definition, re.IGNORECASE):
            yield Finding.of("MI016", place, term=term.term)
        names = term.aliases.explains
        said = folded(spoken(f"{term.definition} {term.explanation or ''}")) if names else ""
        for i, name in enumerate(names):
            if not re.search(rf"(?<!\w){re.escape(folded(name))}(?:e?s)?(?!\w)", said):
                yield Finding.of("MI052", base.at("term", ident, "aliases", "explains", i), name=name)
        if term.status != "established" and not term.status_note:
            yield Finding.of("MI017", base.at("term", ident, "status"), status=term.status)
    for ident, reading in base.readings.items():
        if (count := words(reading.summary)) > MOST_SUMMARY:
            yield Finding.of("MI018", base.at("reading", ident, "summary"), key="summary", words=count, most=MOST_SUMMARY)


def texts(base: KnowledgeBase) -> Iterator[tuple[str, str, str, str]]:
    """Every text that entries bring, as (kind, id, key, text)."""
    for ident, term in base.terms.items():
        for key in ("term", "definition", "explanation", "status_note"):
            yield "term", ident, key, getattr(term, key) or ""
    for ident, reading in base.readings.items():
        for key in ("title", "summary", "why_read"):
            yield "reading", ident, key, getattr(reading, key)
    for ident, file in base.problem_files.items():
        yield "problem file", ident, "captured", file.captured
    for ident, problem in base.problems.items():
        for key in ("question", "starter"):
            yield "problem", ident, key, getattr(problem, key)
    for ident, path in base.paths.items():
        for key in ("title", "who", "outcome"):
            yield "path", ident, key, getattr(path, key)
        for step in path.steps:
            yield "path", ident, "steps", f"{step.exercise or ''}\n{step.do}"


def moved(base: KnowledgeBase) -> Iterator[Finding]:
    """A problem is moved by works that came after its source, which knew the earlier ones and called it open."""
    for file in base.problem_files.values():
        source = base.readings.get(file.source)
        for problem in file.problems:
            works = [base.readings.get(step.reading) for step in problem.progress]
            if not source or None in works or problem.status not in ("progress", "substantially-answered"):
                continue
            if max((work.year for work in works if work), default=0) < source.year:
                yield Finding.of("MI053", base.at("problem", problem.id, "status"), status=problem.status, year=source.year)


def html(base: KnowledgeBase) -> Iterator[Finding]:
    """Text from YAML is data: it brings no HTML. Code and maths are no exception, since what looks like them may not be."""
    for kind, ident, key, text in texts(base):
        if tag := HTML.search(text):
            yield Finding.of("MI019", base.at(kind, ident, key), tag=tag[0], key=key)


def models(base: KnowledgeBase) -> Iterator[Finding]:
    """Headers name models that have cards, and cards say which weights they mean."""
    for snippet in base.snippets.values():
        line = next((i for i, text in enumerate(snippet.text.splitlines(), 1) if text.startswith("# models")), 1)
        for model in snippet.header.models:
            if model not in base.cards and not base.lost("model", model):
                yield unknown("models", "model", model, Place(snippet.path, line, 3), base.cards)
    for ident, card in base.cards.items():
        if card.source.kind != "hub" and card.source.sha256 is None:
            problem = "weights from a wheel or from training need a SHA-256"
            yield Finding.of("MI060", base.at("model", ident, "source"), problem=problem, hint="add sha256")


def recorded(base: KnowledgeBase) -> Iterator[Finding]:
    """Every snippet is recorded on its first model, every recording is fresh and has all claims."""
    for ident, snippet in base.snippets.items():
        if (ident, snippet.model) not in base.recordings and not base.lost("recording", f"{ident}@{snippet.model}"):
            yield Finding.of("MI030", Place(snippet.path), snippet=ident, model=snippet.model)
        for model in snippet.header.models:
            recording = base.recordings.get((ident, model))
            for claim, line in snippet.claim_lines.items():
                if recording and claim not in recording.claims:
                    place = Place(snippet.path, line)
                    yield Finding.of("MI038", place, claim=claim, model=model, snippet=ident)
    for (ident, _), difference in base.stale.items():
        place = Place(base.snippets[ident].path)
        yield Finding.of("MI031", place, snippet=ident, changed=", ".join(difference))


def held(base: KnowledgeBase) -> Iterator[Finding]:
    """A claim differs from its control; where it does not, the header says what that means."""
    for (ident, model), recording in base.recordings.items():
        snippet = base.snippets[ident]
        for name, claim in recording.claims.items():
            place = Place(snippet.path, snippet.claim_lines.get(name, 1))
            declared = f"{model}/{name}" in snippet.header.fails
            if claim.control and not claim.holds and not declared:
                values = {"value": f"{claim.value:g}", "control": f"{claim.control.value:g}"}
                if claim.value == claim.control.value:
                    yield Finding.of("MI034", place, claim=name, value=values["value"])
                else:
                    yield Finding.of("MI033", place, claim=name, model=model, apart=f"{claim.control.apart:g}", **values)
            elif claim.holds and declared:
                yield Finding.of("MI035", place, claim=name, model=model)
