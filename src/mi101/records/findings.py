"""Everything that can be wrong, each with a code, what it says, and what to do about it.

The page of codes, the messages and their tests all come from this one table.
"""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file; line and column are counted from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Code:
    """One kind of finding: `says` and `fix` are templates, `why` is for the page of codes."""

    title: str
    says: str
    fix: str
    why: str


CODES: dict[str, Code] = {
    # Files
    "MI001": Code("Not UTF-8", "the file is not UTF-8 (byte {byte})", "save it as UTF-8", "Text in any other encoding shows up garbled on someone's machine."),
    "MI002": Code("YAML does not parse", "{problem}", "correct the YAML here; strings with : or # need quotes", "A file that cannot be read hides every other problem in it."),
    "MI003": Code("Key given twice", "key {key!r} is given twice (first in line {first})", "keep one", "YAML keeps the last one silently; the first is lost."),
    "MI004": Code("Anchor used", "YAML aliases (*name) are not allowed", "write the value out", "A few nested aliases can expand to gigabytes, and readers of the file cannot see what is meant."),
    "MI005": Code("Unknown key", "unknown key {key!r}", "{hint}", "A misspelt key would be ignored without a word."),
    "MI006": Code("Missing key", "key {key!r} is missing", "add it: {hint}", "Every entry has the same parts, so that every page can rely on them."),
    "MI007": Code("Wrong value", "{key}: {problem}", "{hint}", "A value of another type or outside the list would break a page or an export."),
    "MI008": Code("File name is not an id", "file name {name!r} is not an id", "use lower-case words joined by hyphens", "The file's name is the entry's id, and ids are addresses."),
    "MI009": Code("Id given twice", "{kind} id {ident!r} is already used at {first}", "choose another id", "Two entries would claim one address."),
    "MI010": Code("Tab", "a tab stands here", "indent with spaces", "YAML forbids tabs in indentation, and elsewhere they are not seen."),
    # References
    "MI011": Code("Unknown reference", "{key} names the {kind} {ident!r}, which does not exist", "{hint}", "A link that leads nowhere."),
    "MI012": Code("Entry refers to itself", "{key} names the entry itself", "remove it", "It tells the reader nothing."),
    "MI013": Code("Circular prerequisites", "prerequisites go in a circle: {circle}", "drop one of them", "A reader could never start."),
    "MI014": Code("Alias collision", "alias {alias!r} already belongs to {owner} ({first})", "remove it, or use see_also", "Search, hover cards and redirects need one owner for a name."),
    "MI015": Code("Definition too long", "the definition has {words} words; at most {most} fit a hover card", "move the rest to explanation", "A definition is read in a hover card, in passing."),
    "MI016": Code("Definition begins with its own term", "the definition begins with {term!r}", "begin with what kind of thing it is", "A definition that starts with its own term explains nothing."),
    "MI017": Code("Status needs a note", "status {status!r} has no status_note", "say in status_note what is disputed, and by whom", "Readers must see why an entry is not settled."),
    "MI018": Code("Summary too long", "{key} has {words} words; at most {most}", "shorten it", "A list is scanned, not read."),
    "MI019": Code("Raw HTML", "raw HTML ({tag}) is not allowed in {key}", "use Markdown", "Text from YAML is data; HTML in it could carry a script."),
    "MI050": Code("Step names not one thing", "the step names {named}", "name one of page, reading, term, problem, exercise", "A step is one thing to do, with its own time."),
    "MI051": Code("Former id is in use", "{ident!r} is the id of another entry ({first})", "remove it from former", "The address cannot both redirect and hold an entry."),
    "MI052": Code("Explains what it does not mention", "explains names {name!r}, which the entry does not mention", "say what it is in the explanation, or remove it", "Who types the name is led here and must find it."),
    "MI053": Code("Moved by nothing new", "status {status!r}, but no work under progress is of {year} or later, the year of the source", "name the work that moved it, or write open", "The source knew the earlier works and called the problem open."),
    # Snippets and models
    "MI020": Code("Snippet header", "the PEP 723 header is not usable: {problem}", "see any snippet for its form", "The header says which models the snippet speaks about and what it needs."),
    "MI021": Code("Region markers", "region {region!r} {problem}", "pair every [start:name] with one [end:name]", "Regions are what readers see; an open one would show the rest of the file."),
    "MI022": Code("Concept is not the folder", "the header says concept {concept!r}, the folder is {folder!r}", "make them equal", "A page, its term and its snippets share one id."),
    "MI023": Code("Snippet does not parse", "{problem}", "correct the Python", "It cannot run."),
    "MI024": Code("Unknown claim in fails", "fails names {name!r}, which is not model/claim of this snippet", "use a model of the header and a claim of the file", "A reason for a failure that cannot occur hides a typing error."),
    # Recordings
    "MI030": Code("Not recorded", "{snippet} has no recording on {model}", "run: mi101 record {snippet}, then: mi101 accept {snippet}", "A page would have no number to show."),
    "MI031": Code("Stale recording", "the recording is stale: {changed} changed since", "run: mi101 record {snippet}, then: mi101 accept {snippet}", "The number belongs to other code, weights or libraries than the page shows."),
    "MI032": Code("Recording was edited", "the recording was changed after it was made ({problem})", "run: mi101 record --again {snippet}, then: mi101 accept {snippet}", "A measurement is measured, never typed."),
    "MI033": Code("Claim does not hold", "claim {claim!r} does not hold on {model}: {value} against control {control}, {apart} apart is needed", "find out why; if it is a finding, say so in the header's fails table", "A claim that fails in silence is how explanations rot."),
    "MI034": Code("Control equals the claim", "claim {claim!r} has the same value as its control ({value})", "choose a control that can come out different", "A claim that cannot fail is not a claim."),
    "MI035": Code("Claim holds after all", "the header says that {claim!r} fails on {model}, but it holds", "remove the line from fails and look at the prose", "A finding that no longer reproduces must not stay on the page."),
    "MI036": Code("Recording of nothing", "no snippet and model of this name exist", "delete the file, or name the model in the snippet's header", "Left-overs are read as results."),
    "MI037": Code("Figure missing", "figure {figure!r} ({file}) {problem}", "run: mi101 record --again {snippet}, then: mi101 accept {snippet}", "The page would show a hole or a picture of another run."),
    "MI038": Code("Recording does not have this claim", "the snippet makes claim {claim!r}, its recording on {model} does not", "run: mi101 record --again {snippet}, then: mi101 accept {snippet}", "The snippet and its recording tell different stories."),
    # Prose
    "MI040": Code("Prose and measurement differ", "the page says {literal}, the recording says {value}", "write {correct}, or run: mi101 check --fix", "The number on the page is not what was measured."),
    "MI041": Code("Unknown claim", "no claim {target!r} was recorded", "{hint}", "The link leads to no measurement."),
    "MI042": Code("Claim link without a number", "the text {text!r} holds no number", "write the number as the link's text", "A claim link carries the literal that is compared."),
    "MI043": Code("Bare number", "{literal!r} has no source", "measure it (claim:) or cite it (paper:); or write it in code or maths", "On a page of measurements, a number without a source looks measured."),
    "MI044": Code("Claim that nobody shows", "claim {claim!r} of {snippet} is on no page", "link it from a page, or drop it", "Work nobody sees is work nobody checks."),
    "MI045": Code("Region that nobody embeds", "region {region!r} of {snippet} is on no page", "embed it, or drop its markers", "Code that no page shows teaches nobody."),
    "MI046": Code("Embedded region does not exist", "there is no region {target!r}", "{hint}", "The page would show a hole."),
    "MI047": Code("Unknown figure", "{snippet} has no figure {figure!r}", "{hint}", "The page would show a hole."),
    "MI048": Code("Snippet block", "{problem}", "write: /// snippet | concept/name#region, options indented below, then ///", "A block that does not parse would show as text."),
    # Models
    "MI060": Code("Model card", "{problem}", "{hint}", "Weights that cannot be verified cannot be cited."),
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """Something wrong at a place. Two findings are equal when they say the same of the same place."""

    place: Place
    code: str
    message: str
    fix: str

    @classmethod
    def of(cls, code: str, place: Place, **facts: object) -> "Finding":
        """Fill in the templates of `code`."""
        kind = CODES[code]
        return cls(place, code, kind.says.format(**facts), kind.fix.format(**facts))

    def __str__(self) -> str:
        return f"{self.place}: {self.code} {self.message}; {self.fix}"
