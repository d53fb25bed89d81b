"""The records people write: terms, readings, open problems.

The descriptions of the fields are what the JSON Schema tells an editor and what `mi101 new` asks.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from mi101.records.base import Ident, Record, Text

Area = Literal[
    "attention-heads", "attribution", "automated-interpretability", "causal-interventions", "circuits",
    "evaluation-and-benchmarks", "features-and-superposition", "foundations", "machine-learning-basics", "models",
    "probing-and-representation", "safety-and-applications", "sparse-dictionary-learning", "steering-and-control",
    "tasks", "tooling", "toy-models", "training-dynamics", "transformer-architecture", "vision-and-multimodal",
]  # fmt: skip
TermKind = Literal[
    "architecture", "component", "concept", "dataset-or-task", "metric", "model", "phenomenon", "technique", "theory", "tool"
]
ReadingKind = Literal["paper", "blog", "tool", "review", "dataset", "tutorial", "course", "video", "notebook"]
Status = Literal["established", "contested", "retracted"]
ProblemStatus = Literal["open", "progress", "substantially-answered", "unknown"]
Difficulty = Literal["A", "B", "C", "D"]
Level = Literal[1, 2, 3]
LEVELS = {1: "newcomer", 2: "working knowledge", 3: "research"}

SnippetId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9_]+$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$")]
ArxivId = Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d{4,5}$")]
Doi = Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")]
HINTS = "Everyday words for it, as one types who forgot the name; only search reads them"


class Aliases(Record):
    """Other names, by type. No alias may belong to two terms."""

    abbr: list[Text] = Field([], description="Abbreviations, such as SAE")
    aka: list[Text] = Field([], description="Other names in use")
    plural: list[Text] = Field([], description="Plural forms that differ from the name by more than an s")
    symbol: list[Text] = Field([], description="Symbols in formulas and code, such as W_QK")
    explains: list[Text] = Field([], description="Names of other things it explains: search leads here, no text links them")
    former: list[Text] = Field([], description="Names or ids this entry used to have; they redirect here")

    def same(self) -> list[str]:
        """The other names in use that mean this very thing, in the singular."""
        return [*self.abbr, *self.aka, *self.symbol]

    def all(self) -> list[tuple[str, int, str]]:
        """Every alias as (type, index in its list, text)."""
        return [(kind, i, text) for kind in type(self).model_fields for i, text in enumerate(getattr(self, kind))]


class Term(Record):
    """One entry of the glossary: glossary/<id>.yaml."""

    term: Text = Field(description="The name, as a sentence would use it, with a capital first letter")
    aliases: Aliases = Field(Aliases(), description="Other names, by type")
    area: Area = Field(description="The part of the field it belongs to")
    kind: TermKind = Field(description="What sort of thing it is")
    level: Level = Field(description="1 newcomer, 2 working knowledge, 3 research")
    status: Status = Field("established", description="How settled it is; anything but established needs status_note")
    status_note: Text | None = Field(None, description="What is disputed or was withdrawn, and by whom")
    definition: Text = Field(description="At most 45 words: genus and difference first; must stand alone in a hover card")
    explanation: Text | None = Field(None, description="Why it matters, how it is measured, what it is confused with")
    introduced_by: Ident | None = Field(None, description="Id of the reading that introduced it")
    sources: list[Ident] = Field(min_length=1, description="Ids of readings that the entry rests on")
    see_also: list[Ident] = Field([], description="Ids of related terms")
    snippet: SnippetId | None = Field(None, description="The snippet that shows it, as concept/name")
    hints: list[Text] = Field([], description=HINTS)
    linked: bool = Field(True, description="Whether a page links its first mention of the name; false for everyday words")


class Reading(Record):
    """One entry of reading_list.yaml."""

    id: Ident = Field(description="Stable id: first author, year, a word or two, such as wang2022-ioi")
    title: Text = Field(description="Title as published")
    authors: list[Text] = Field(min_length=1, description="Authors in order, full names")
    year: int = Field(ge=1900, le=2100, description="Year of the first public version")
    kind: ReadingKind = Field(description="What it is")
    venue: Text | None = Field(None, description="Where it was published")
    arxiv: ArxivId | None = Field(None, description="arXiv id, in quotes")
    doi: Doi | None = Field(None, description="DOI")
    url: Url = Field(description="Where to read it")
    topics: list[Ident] = Field(min_length=1, description="Topics it speaks to")
    level: Level = Field(description="1 newcomer, 2 working knowledge, 3 research")
    priority: Literal[1, 2, 3] = Field(description="1 read it, 2 worth it, 3 when you need it")
    summary: Text = Field(description="What it shows, in at most 40 words of your own")
    why_read: Text = Field(description="Who should read it, and for what: one sentence")
    prerequisites: list[Ident] = Field([], description="Ids of readings to read first")
    code: Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$")] | None = Field(
        None, description="Repository, as owner/name"
    )
    hints: list[Text] = Field([], description=HINTS)
    former: list[Ident] = Field([], description="Ids this entry used to have; they redirect here")


class Progress(Record):
    """A work that moved an open problem."""

    reading: Ident = Field(description="Id of the reading")
    what: Text = Field(description="What it settled, in your own words")


class Problem(Record):
    """One open problem, inside a file of open_problems/."""

    id: Ident = Field(description="Stable id, such as cop-2-13")
    number: Text | None = Field(None, description="Its number in the source, in quotes")
    difficulty: Difficulty | None = Field(None, description="The source's rating: A (days) to D (ambitious)")
    difficulty_range: Annotated[str, StringConstraints(pattern=r"^[A-D]-[A-D]$")] | None = Field(
        None, description="The source's range where it gives one, such as B-C"
    )
    rating_basis: Text | None = Field(None, description="How the rating was obtained")
    starred: bool | None = Field(None, description="Whether the source marks it as a favourite")
    question: Text = Field(description="The question, in one or two sentences of your own that stand alone")
    status: ProblemStatus = Field(description="open, progress, substantially-answered or unknown")
    progress: list[Progress] = Field([], description="The works that moved it")
    prerequisites: list[Ident] = Field([], description="Ids of terms to know first")
    tools: list[Text] = Field([], description="Libraries and data that help")
    starter: Text = Field(description="A first experiment that runs on a laptop: model, data, measure, control")
    laptop: bool | None = Field(
        None, description="Whether the problem itself, not only the first experiment, can be worked on with models a laptop runs"
    )
    hints: list[Text] = Field([], description=HINTS)
    former: list[Ident] = Field([], description="Ids this entry used to have; they redirect here")


class ProblemFile(Record):
    """open_problems/<topic>.yaml: the problems of one source on one topic."""

    source: Ident = Field(description="Id of the reading the problems come from")
    topic: Text = Field(description="The source's topic")
    captured: Text = Field(description="How wording and ratings were obtained, and what is missing")
    problems: list[Problem] = Field(min_length=1, description="The problems")
