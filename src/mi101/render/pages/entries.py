"""The page of each term, reading, open problem and learning path."""

from html import escape

from mi101.records import LEVELS, KnowledgeBase, Problem, ProblemFile, Reading, Step, Term
from mi101.render.edition import Edition
from mi101.render.exports.bibliography import bibtex
from mi101.render.links import plain
from mi101.render.pages import parts
from mi101.render.pages.foot import foot, used_by


def term_page(edition: Edition, ident: str) -> str:
    """glossary/<id>/index.md"""
    base, term, page = edition.base, edition.base.terms[ident], f"glossary/{ident}/index.md"
    status = None if term.status == "established" else term.status
    body = [
        parts.front_matter(term.term, term.definition),
        f"# {plain(term.term)}",
        parts.lede(term.definition),
        parts.chips(parts.spoken(term.area), parts.spoken(term.kind), LEVELS[term.level], status),
    ]
    for label, names in (("Also", term.aliases.same()), ("Explained here", term.aliases.explains)):
        if names:
            body.append(f'<p class="mi-aka">{label}: {escape(", ".join(names))}</p>')
    if term.status_note:
        body.append(f'!!! warning "{term.status.capitalize()}"\n\n    {" ".join(term.status_note.split())}')
    if term.explanation:
        body.append(term.explanation.strip())
    if term.snippet:
        body.append(parts.button(page, f"concepts/{term.snippet.split('/')[0]}/", "See it measured on a real model"))
    body += parts.section("See also", [parts.term_link(base, other) for other in term.see_also if other in base.terms])
    body += parts.section("Sources", _sources(base, term))
    body += used_by(edition, "term", ident, page)
    body.append(foot(edition, "term", ident, term.term, f"glossary/{ident}/"))
    return "\n\n".join(body) + "\n"


def _sources(base: KnowledgeBase, term: Term) -> list[str]:
    first = [term.introduced_by] if term.introduced_by else []
    return [
        parts.reading_link(base, source) + (" (introduced it)" if source in first else "")
        for source in dict.fromkeys([*first, *term.sources])
        if source in base.readings
    ]


def reading_page(edition: Edition, ident: str) -> str:
    """readings/<id>/index.md"""
    base, reading, page = edition.base, edition.base.readings[ident], f"readings/{ident}/index.md"
    body = [
        parts.front_matter(reading.title, reading.summary),
        f"# {plain(reading.title)}",
        parts.lede(reading.summary),
        parts.chips(
            reading.kind, LEVELS[reading.level], parts.PRIORITY[reading.priority].lower(), *map(parts.spoken, reading.topics)
        ),
        f"{plain(', '.join(reading.authors))} ({reading.year})." + (f" *{plain(reading.venue)}*." if reading.venue else ""),
        f"**Why read it.** {plain(reading.why_read)}",
        _where(reading),
    ]
    before = [parts.reading_link(base, other) for other in reading.prerequisites if other in base.readings]
    body += parts.section("Read first", before)
    body += used_by(edition, "reading", ident, page)
    body.append(foot(edition, "reading", ident, reading.title, f"readings/{ident}/", bibtex([reading])))
    return "\n\n".join(body) + "\n"


def _where(reading: Reading) -> str:
    where = [f"[Read it]({reading.url}){{ .mi-button .mi-button--main }}"]
    if reading.arxiv:
        where.append(f"[arXiv:{reading.arxiv}](https://arxiv.org/abs/{reading.arxiv})")
    if reading.doi:
        where.append(f"[doi:{plain(reading.doi)}](https://doi.org/{reading.doi})")
    if reading.code:
        where.append(f"[code: {plain(reading.code)}](https://github.com/{reading.code})")
    return " · ".join(where)


def problem_title(problem: Problem) -> str:
    """What a problem is called: its number in the source, else its id in words."""
    return f"Open problem {problem.number or parts.spoken(problem.id)}"


def problem_page(edition: Edition, file: ProblemFile, problem: Problem) -> str:
    """problems/<id>/index.md"""
    base, title, page = edition.base, problem_title(problem), f"problems/{problem.id}/index.md"
    rated = "difficulty not rated"
    if problem.difficulty:
        rated = f"difficulty {problem.difficulty_range or problem.difficulty}: {parts.DIFFICULTY[problem.difficulty]}"
    laptop = {True: "a laptop is enough (our judgement)", False: "needs more than a laptop (our judgement)", None: None}
    body = [
        parts.front_matter(title, problem.question),
        f"# {plain(title)}",
        parts.lede(problem.question),
        parts.chips(
            parts.spoken(problem.status),
            rated,
            file.topic,
            laptop[problem.laptop],
            "starred in the source" if problem.starred else None,
        ),
        f"## A first experiment\n\n{plain(problem.starter)}",
    ]
    if problem.tools:
        body.append(f"Tools: {plain(', '.join(problem.tools))}.")
    moved = [
        f"{parts.reading_link(base, step.reading)}: {plain(step.what)}"
        for step in problem.progress
        if step.reading in base.readings
    ]
    body += parts.section("What moved it", moved)
    body += parts.section("Know first", [parts.term_link(base, i) for i in problem.prerequisites if i in base.terms])
    source = f"From {parts.reading_link(base, file.source)}." if file.source in base.readings else ""
    basis = f" Rating: {plain(problem.rating_basis)}." if problem.rating_basis else ""
    body += ["## Where it comes from", f"{source} {plain(file.captured)}{basis}"]
    body += used_by(edition, "problem", problem.id, page)
    body.append(foot(edition, "problem", problem.id, title, f"problems/{problem.id}/"))
    return "\n\n".join(body) + "\n"


def duration(minutes: int) -> str:
    """Minutes as one says them: 45 minutes, 3 h, 12.5 h."""
    if minutes < 90:
        return f"{minutes} minutes"
    hours = f"{minutes / 60:.1f}".removesuffix(".0")
    return f"{hours} h"


def path_page(edition: Edition, ident: str) -> str:
    """paths/<id>/index.md"""
    base, path, page = edition.base, edition.base.paths[ident], f"paths/{ident}/index.md"
    body = [
        parts.front_matter(path.title, path.outcome),
        f"# {plain(path.title)}",
        parts.lede(path.outcome),
        parts.chips(f"about {duration(path.minutes())} in all", LEVELS[path.level], f"{len(path.steps)} steps"),
        f"**Whom it is for.** {plain(path.who)}",
    ]
    if path.before:
        body.append("**Before it.** " + " · ".join(parts.path_link(base, other, page) for other in path.before))
    items = "".join(f"<li>{_step(base, step, page)}</li>" for step in path.steps)
    body.append(f'<ol class="mi-steps">{items}</ol>')
    body += parts.section("Goes on with", [parts.path_link(base, other, page) for other in _after(base, ident)])
    body.append(foot(edition, "path", ident, path.title, f"paths/{ident}/"))
    return "\n\n".join(body) + "\n"


def _after(base: KnowledgeBase, ident: str) -> list[str]:
    """The paths that name this one as walked before, in their order."""
    after = [(candidate.order, other) for other, candidate in base.paths.items() if ident in candidate.before]
    return [other for _, other in sorted(after)]


def _step(base: KnowledgeBase, step: Step, page: str) -> str:
    """One step as HTML: what, how long, what to do."""
    names = {"page": "Page", "reading": "Read", "term": "Term", "problem": "Open problem", "exercise": "Exercise"}
    kind, value = step.named()[0]
    if kind == "exercise":
        shown = escape(value)
    elif kind == "page":
        shown = parts.page_link(base, value, page)
    else:
        shown = parts.hover(base, {"reading": "paper"}.get(kind, kind), value, page)
    start = f" Start from {parts.snippet_anchor(step.snippet, page)}." if step.snippet else ""
    return (
        f'<div class="mi-step__head"><span class="mi-step__kind">{names[kind]}</span> <strong>{shown}</strong> '
        f'<span class="mi-step__time">{duration(step.minutes)}</span></div><p>{escape(step.do)}{start}</p>'
    )


def paths_index(base: KnowledgeBase) -> str:
    """paths/index.md"""
    ordered = sorted(base.paths.items(), key=lambda item: item[1].order)
    rows = "".join(
        f'<div><dt><a href="{ident}/">{escape(path.title)}</a> <span class="mi-index__meta">'
        f"{duration(path.minutes())} · {len(path.steps)} steps · {LEVELS[path.level]}</span></dt>"
        f"<dd>{escape(path.outcome)}</dd></div>"
        for ident, path in ordered
    )
    says = "Each path is a list of pages, readings and exercises in order, with the time each takes."
    body = [
        parts.front_matter("Learning paths", f"{len(ordered)} ordered ways through the field, with what to do at each step."),
        f"# Learning paths\n\n{parts.lede(says)}",
        f'<dl class="mi-index">{rows}</dl>',
    ]
    return "\n\n".join(body) + "\n"
