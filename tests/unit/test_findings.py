"""Every finding there is: the one change that brings it about, its exact place, and all it says.

One mistake is one finding; where there are more, each of them tells the author something else to do.
"""
# ruff: noqa: E501

import pytest

from mi101.records import CODES

TERM = "glossary/residual-stream.yaml"
LENS = "glossary/logit-lens.yaml"
CODE = "snippets/logit-lens/read.py"
PAGE = "docs/concepts/logit-lens.md"
READINGS = "reading_list.yaml"
PROBLEMS = "open_problems/lenses.yaml"
PATH = "learning_paths/lenses.yaml"
CARD = "models/toy/card.yaml"
RECORDED = "snippets/logit-lens/recorded"
RECORDING = "snippets/logit-lens/recorded/read.toy.json"
CLAIM = {
    "value": 0.864,
    "unit": "share of layers",
    "band": 0.02,
    "why_band": "ten prompts",
    "control": {"what": "shuffled", "value": 0.1, "apart": 0.3},
}
WIDTH = 'claim("width", 1, unit="u", band=0, why_band="w", no_control="n")\n'


def replace(name, old, new):
    return lambda base: base.replace(name, old, new)


def append(name, more):
    return lambda base: base.write(name, base.path(name).read_bytes() + more)


def write(name, content):
    return lambda base: base.write(name, content)


def delete(name):
    return lambda base: base.path(name).unlink()


def copy(name, to, old="", new=""):
    return lambda base: base.write(to, base.read(name).replace(old, new) if old else base.read(name))


def cut(name, length):
    return lambda base: base.write(name, base.read(name)[:length])


def both(*changes):
    return lambda base: [change(base) for change in changes]


def snippet(old, new):
    """Change the snippet and record it again, so that nothing is stale."""

    def change(base):
        base.replace(CODE, old, new)
        base.record()

    return change


def measured(**parts):
    """What is recorded of the claim, other than it was."""
    return lambda base: base.record(claims={"depth": {**CLAIM, **parts}})


def prose(text):
    """A line put above the prose of the concept page: line 8."""
    return replace(PAGE, "The answer", f"{text}\nThe answer")


def figure(change):
    return lambda base: change(next(base.path(RECORDED).glob("figures/*.dark.*")))


def misplaced(base):
    base.path(RECORDING).rename(base.path(f"{RECORDED}/write.toy.json"))
    base.record()


TABLE = [
    (
        "MI001",
        "an entry in another encoding",
        append(TERM, b"see_also: [caf\xe9]\n"),
        [
            "glossary/residual-stream.yaml:7:1: MI001 the file is not UTF-8 (byte 0xe9); save it as UTF-8",
        ],
    ),
    (
        "MI001",
        "a page in another encoding",
        append("docs/index.md", b"caf\xe9\n"),
        [
            "docs/index.md:4:1: MI001 the file is not UTF-8 (byte 0xe9); save it as UTF-8",
        ],
    ),
    (
        "MI001",
        "a snippet in another encoding",
        append(CODE, b"# caf\xe9\n"),
        [
            "snippets/logit-lens/read.py:25:1: MI001 the file is not UTF-8 (byte 0xe9); save it as UTF-8",
        ],
    ),
    (
        "MI002",
        "a colon without quotes",
        replace(TERM, "The vector", "a: The vector"),
        [
            "glossary/residual-stream.yaml:5:14: MI002 mapping values are not allowed in this context; correct the YAML here; strings with : or # need quotes",
        ],
    ),
    (
        "MI002",
        "a day that does not exist",
        append(TERM, b"see_also: [2020-99-99]\n"),
        [
            "glossary/residual-stream.yaml:7:12: MI002 '2020-99-99' is no timestamp; correct the YAML here; strings with : or # need quotes",
        ],
    ),
    (
        "MI002",
        "a reading list that does not parse",
        append(READINGS, b"- [\n"),
        [
            "reading_list.yaml:28:1: MI002 did not find expected node content; correct the YAML here; strings with : or # need quotes",
        ],
    ),
    (
        "MI002",
        "a file of problems that does not parse",
        append(PROBLEMS, b"- [\n"),
        [
            "open_problems/lenses.yaml:16:1: MI002 did not find expected key; correct the YAML here; strings with : or # need quotes",
        ],
    ),
    (
        "MI002",
        "a card that does not parse",
        append(CARD, b"- [\n"),
        [
            "models/toy/card.yaml:13:1: MI002 did not find expected key; correct the YAML here; strings with : or # need quotes",
        ],
    ),
    (
        "MI003",
        "a key given twice",
        append(TERM, b"level: 2\n"),
        [
            "glossary/residual-stream.yaml:7:1: MI003 key 'level' is given twice (first in line 4); keep one",
        ],
    ),
    (
        "MI004",
        "an alias of YAML",
        append(TERM, b"see_also: &a [logit-lens]\naliases: {aka: *a}\n"),
        [
            "glossary/residual-stream.yaml:7:11: MI004 YAML aliases (*name) are not allowed; write the value out",
        ],
    ),
    (
        "MI005",
        "a misspelt key",
        append(TERM, b"see_alos: [logit-lens]\n"),
        [
            "glossary/residual-stream.yaml:7:1: MI005 unknown key 'see_alos'; did you mean 'see_also'?",
        ],
    ),
    (
        "MI005",
        "a misspelt key inside another",
        replace(LENS, "  plural:", "  plurals:"),
        [
            "glossary/logit-lens.yaml:3:3: MI005 unknown key 'plurals'; did you mean 'plural'?",
        ],
    ),
    (
        "MI005",
        "a key unlike any",
        append(CARD, b"colour: red\n"),
        [
            "models/toy/card.yaml:13:1: MI005 unknown key 'colour'; remove it; known keys: name, architecture, weights, layers, heads, d_model, licence, citation, source, fingerprint",
        ],
    ),
    (
        "MI005",
        "a misspelt key in a header",
        replace(CODE, "# seed = 0", "# seed = 0\n# sead = 1"),
        [
            "snippets/logit-lens/read.py:11:3: MI005 unknown key 'sead'; did you mean 'seed'?",
        ],
    ),
    (
        "MI006",
        "a missing key",
        replace(TERM, "area: transformer-architecture\n", ""),
        [
            "glossary/residual-stream.yaml:1:1: MI006 key 'area' is missing; add it: the part of the field it belongs to",
        ],
    ),
    (
        "MI006",
        "a missing key inside another",
        replace(CARD, "  kind: trained\n", ""),
        [
            "models/toy/card.yaml:10:3: MI006 key 'kind' is missing; add it: wheel, hub or trained",
        ],
    ),
    (
        "MI006",
        "a missing key in a list",
        replace(READINGS, "  why_read: For the pictures.\n", ""),
        [
            "reading_list.yaml:14:3: MI006 key 'why_read' is missing; add it: who should read it, and for what: one sentence",
        ],
    ),
    (
        "MI007",
        "a value outside its list",
        replace(TERM, "kind: component", "kind: widget"),
        [
            "glossary/residual-stream.yaml:3:7: MI007 kind: input should be 'architecture', 'component', 'concept', 'dataset-or-task', 'metric', 'model', 'phenomenon', 'technique', 'theory' or 'tool', got 'widget'; what sort of thing it is",
        ],
    ),
    (
        "MI007",
        "a value of another type",
        replace(TERM, "level: 1", "level: '1'"),
        [
            "glossary/residual-stream.yaml:4:8: MI007 level: input should be 1, 2 or 3, got '1'; 1 newcomer, 2 working knowledge, 3 research",
        ],
    ),
    (
        "MI007",
        "a wrong value in a list",
        replace(READINGS, "year: 2020", "year: soon"),
        [
            "reading_list.yaml:17:9: MI007 year: input should be a valid integer, got 'soon'; year of the first public version",
        ],
    ),
    (
        "MI007",
        "a reading list that is no list",
        write(READINGS, "a: b\n"),
        [
            "reading_list.yaml:1:1: MI007 the file: input should be a list; begin each reading with - id:",
        ],
    ),
    (
        "MI007",
        "an empty file",
        write("glossary/empty.yaml", ""),
        [
            "glossary/empty.yaml:1:1: MI007 the file: input should be a valid dictionary or instance of Term; see the schema",
        ],
    ),
    (
        "MI007",
        "a wrong value two levels down",
        replace(PROBLEMS, "difficulty: B", "difficulty: E"),
        [
            "open_problems/lenses.yaml:7:17: MI007 problems.0.difficulty: input should be 'A', 'B', 'C' or 'D', got 'E'; the source's rating: A (days) to D (ambitious)",
        ],
    ),
    (
        "MI008",
        "a file name that is no id",
        copy(TERM, "glossary/Attention_head.yaml", "Residual stream", "Attention head"),
        [
            "glossary/Attention_head.yaml:1:1: MI008 file name 'Attention_head' is not an id; use lower-case words joined by hyphens",
        ],
    ),
    (
        "MI009",
        "a reading given twice",
        replace(READINGS, "- id: nostalgebraist2020-logit-lens", "- id: elhage2021-framework"),
        [
            "docs/concepts/logit-lens.md:9:72: MI011 the link names the reading 'nostalgebraist2020-logit-lens', which does not exist; add it first, or remove the reference",
            "glossary/logit-lens.yaml:11:1: MI011 the link names the reading 'nostalgebraist2020-logit-lens', which does not exist; add it first, or remove the reference",
            "glossary/logit-lens.yaml:12:16: MI011 introduced_by names the reading 'nostalgebraist2020-logit-lens', which does not exist; add it first, or remove the reference",
            "glossary/logit-lens.yaml:13:11: MI011 sources.0 names the reading 'nostalgebraist2020-logit-lens', which does not exist; add it first, or remove the reference",
            "learning_paths/lenses.yaml:10:14: MI011 steps.1.reading names the reading 'nostalgebraist2020-logit-lens', which does not exist; add it first, or remove the reference",
            "open_problems/lenses.yaml:1:9: MI011 source names the reading 'nostalgebraist2020-logit-lens', which does not exist; add it first, or remove the reference",
            "reading_list.yaml:14:7: MI009 reading id 'elhage2021-framework' is already used at reading_list.yaml:1:7; choose another id",
        ],
    ),
    (
        "MI009",
        "a problem given twice in two files",
        copy(PROBLEMS, "open_problems/more.yaml"),
        [
            "open_problems/more.yaml:5:9: MI009 problem id 'lens-drift' is already used at open_problems/lenses.yaml:5:9; choose another id",
        ],
    ),
    (
        "MI010",
        "a tab",
        replace(TERM, "level: 1", "level:\t1"),
        [
            "glossary/residual-stream.yaml:4:7: MI010 a tab stands here; indent with spaces",
        ],
    ),
    (
        "MI011",
        "a reference that is nearly right",
        append(TERM, b"see_also: [logit-lense]\n"),
        [
            "glossary/residual-stream.yaml:7:12: MI011 see_also.0 names the term 'logit-lense', which does not exist; did you mean 'logit-lens'?",
        ],
    ),
    (
        "MI011",
        "a reference unlike any",
        append(TERM, b"see_also: [zebra]\n"),
        [
            "glossary/residual-stream.yaml:7:12: MI011 see_also.0 names the term 'zebra', which does not exist; add it first, or remove the reference",
        ],
    ),
    (
        "MI011",
        "a source that does not exist",
        replace(LENS, "sources: [nostalgebraist2020-logit-lens]", "sources: [zebra]"),
        [
            "glossary/logit-lens.yaml:13:11: MI011 sources.0 names the reading 'zebra', which does not exist; add it first, or remove the reference",
        ],
    ),
    (
        "MI011",
        "progress by a reading that does not exist",
        replace(PROBLEMS, "reading: elhage2021-framework", "reading: zebra"),
        [
            "open_problems/lenses.yaml:11:18: MI011 progress.0.reading names the reading 'zebra', which does not exist; add it first, or remove the reference",
        ],
    ),
    (
        "MI011",
        "a model without a card",
        replace(CODE, 'models = ["toy"]', 'models = ["toy", "gpt9"]'),
        [
            "snippets/logit-lens/read.py:1:1: MI031 the recording is stale: the snippet changed since; run: mi101 record logit-lens/read, then: mi101 accept logit-lens/read",
            "snippets/logit-lens/read.py:8:3: MI011 models names the model 'gpt9', which does not exist; add it first, or remove the reference",
        ],
    ),
    (
        "MI011",
        "a link on a page to a term that does not exist",
        prose("[x](term:zebra)"),
        [
            "docs/concepts/logit-lens.md:8:2: MI011 the link names the term 'zebra', which does not exist; add it first, or remove the reference",
        ],
    ),
    (
        "MI011",
        "a link in an entry to a reading that does not exist",
        replace(LENS, "(paper:nostalgebraist2020-logit-lens)", "(paper:zebra)"),
        [
            "glossary/logit-lens.yaml:11:1: MI011 the link names the reading 'zebra', which does not exist; add it first, or remove the reference",
        ],
    ),
    (
        "MI012",
        "an entry that refers to itself",
        append(TERM, b"see_also: [residual-stream]\n"),
        [
            "glossary/residual-stream.yaml:7:12: MI012 see_also.0 names the entry itself; remove it",
        ],
    ),
    (
        "MI013",
        "readings that wait for each other",
        replace(
            READINGS,
            "  why_read: For the vocabulary.\n",
            "  why_read: For the vocabulary.\n  prerequisites: [nostalgebraist2020-logit-lens]\n",
        ),
        [
            "reading_list.yaml:12:18: MI013 prerequisites go in a circle: elhage2021-framework → nostalgebraist2020-logit-lens → elhage2021-framework; drop one of them",
        ],
    ),
    (
        "MI013",
        "paths that wait for each other",
        both(
            copy(PATH, "learning_paths/second.yaml", "order: 1\n", "order: 2\nbefore: [lenses]\n"),
            replace(PATH, "order: 1\n", "order: 1\nbefore: [second]\n"),
        ),
        [
            "learning_paths/lenses.yaml:3:9: MI013 prerequisites go in a circle: lenses → second → lenses; drop one of them",
        ],
    ),
    (
        "MI011",
        "a step to a page that does not exist",
        replace(PATH, "concepts/logit-lens.md", "concepts/logit-lense.md"),
        [
            "learning_paths/lenses.yaml:7:11: MI011 steps.0.page names the page 'concepts/logit-lense.md', which does not exist; did you mean 'concepts/logit-lens.md'?",
        ],
    ),
    (
        "MI050",
        "a step that names two things",
        replace(PATH, "  - problem: lens-drift\n", "  - problem: lens-drift\n    term: logit-lens\n"),
        [
            "learning_paths/lenses.yaml:17:5: MI050 the step names term and problem; name one of page, reading, term, problem, exercise",
        ],
    ),
    (
        "MI050",
        "a step that names nothing",
        replace(PATH, "  - problem: lens-drift\n    minutes: 60", "  - minutes: 60"),
        [
            "learning_paths/lenses.yaml:17:5: MI050 the step names nothing; name one of page, reading, term, problem, exercise",
        ],
    ),
    (
        "MI051",
        "a former id that another reading has",
        replace(
            READINGS,
            "  why_read: For the vocabulary.\n",
            "  why_read: For the vocabulary.\n  former: [nostalgebraist2020-logit-lens]\n",
        ),
        [
            "reading_list.yaml:12:12: MI051 'nostalgebraist2020-logit-lens' is the id of another entry (reading_list.yaml:15:3); remove it from former",
        ],
    ),
    (
        "MI014",
        "an abbreviation that another term has",
        append(TERM, b"aliases: {abbr: [sae]}\n"),
        [
            "glossary/sparse-autoencoder.yaml:3:10: MI014 alias 'SAE' already belongs to residual-stream (glossary/residual-stream.yaml:7:18); remove it, or use see_also",
        ],
    ),
    (
        "MI014",
        "an alias that is another term's id",
        append(TERM, b"aliases: {aka: [Logit-Lens]}\n"),
        [
            "glossary/residual-stream.yaml:7:17: MI014 alias 'Logit-Lens' already belongs to logit-lens (glossary/logit-lens.yaml:1:7); remove it, or use see_also",
        ],
    ),
    (
        "MI015",
        "a long definition",
        replace(TERM, "The vector at", "The vector at " + "x " * 40),
        [
            "glossary/residual-stream.yaml:5:13: MI015 the definition has 53 words; at most 45 fit a hover card; move the rest to explanation",
        ],
    ),
    (
        "MI016",
        "a definition that begins with its term",
        replace(TERM, "The vector at", "The residual stream is the vector at"),
        [
            "glossary/residual-stream.yaml:5:13: MI016 the definition begins with 'Residual stream'; begin with what kind of thing it is",
        ],
    ),
    (
        "MI052",
        "a name it says it explains, and does not",
        append(
            TERM,
            b"explanation: The [lens](term:logit-lens) applies $W_\\text{U}$.\n"
            b"aliases: {explains: [conveyor belt, logit, W_U, position]}\n",
        ),
        [
            "glossary/residual-stream.yaml:8:22: MI052 explains names 'conveyor belt', which the entry does not mention; say what it is in the explanation, or remove it",
            "glossary/residual-stream.yaml:8:37: MI052 explains names 'logit', which the entry does not mention; say what it is in the explanation, or remove it",
        ],
    ),
    (
        "MI017",
        "a retracted entry without a note",
        replace(TERM, "level: 1", "level: 1\nstatus: retracted"),
        [
            "glossary/residual-stream.yaml:5:9: MI017 status 'retracted' has no status_note; say in status_note what is disputed, and by whom",
        ],
    ),
    (
        "MI053",
        "a problem moved by a work that its source knew",
        replace(READINGS, "year: 2020", "year: 2022"),
        [
            "open_problems/lenses.yaml:9:13: MI053 status 'progress', but no work under progress is of 2022 or later, the year of the source; name the work that moved it, or write open",
        ],
    ),
    (
        "MI018",
        "a long summary",
        replace(READINGS, "Treats a", " ".join(["Treats"] * 38) + " a"),
        [
            "reading_list.yaml:10:12: MI018 summary has 45 words; at most 40; shorten it",
        ],
    ),
    (
        "MI019",
        "a tag in a definition",
        replace(TERM, "The vector", "The <b>vector</b>"),
        [
            "glossary/residual-stream.yaml:5:13: MI019 raw HTML (<b>) is not allowed in definition; use Markdown",
        ],
    ),
    (
        "MI019",
        "a comment in a question",
        replace(PROBLEMS, "Why does", "<!-- Why does"),
        [
            "open_problems/lenses.yaml:8:15: MI019 raw HTML (<!--) is not allowed in question; use Markdown",
        ],
    ),
    (
        "MI020",
        "a snippet without a header",
        replace(CODE, "# /// script", "# //// script"),
        [
            "snippets/logit-lens/read.py:1:1: MI020 the PEP 723 header is not usable: there is none; see any snippet for its form",
        ],
    ),
    (
        "MI020",
        "a header that is no TOML",
        replace(CODE, "# seed = 0", "# seed ="),
        [
            "snippets/logit-lens/read.py:3:1: MI020 the PEP 723 header is not usable: Invalid value (at end of document); see any snippet for its form",
        ],
    ),
    (
        "MI020",
        "a header without our table",
        replace(CODE, "# [tool.mi101]", "# [tool.other]"),
        [
            "snippets/logit-lens/read.py:3:1: MI020 the PEP 723 header is not usable: it has no [tool.mi101] table; see any snippet for its form",
        ],
    ),
    (
        "MI020",
        "a header whose tool is no table",
        replace(CODE, "# [tool.mi101]\n", "# tool = 1\n"),
        [
            "snippets/logit-lens/read.py:3:1: MI020 the PEP 723 header is not usable: it has no [tool.mi101] table; see any snippet for its form",
        ],
    ),
    (
        "MI020",
        "a snippet without a docstring",
        snippet('"""Read every layer through the logit lens."""\n', ""),
        [
            "snippets/logit-lens/read.py:1:1: MI020 the PEP 723 header is not usable: no docstring says what the snippet measures; see any snippet for its form",
        ],
    ),
    (
        "MI021",
        "a region that is never ended",
        snippet("# --8<-- [end:lens]\n", ""),
        [
            "docs/concepts/logit-lens.md:12:1: MI046 there is no region 'logit-lens/read#lens'; mark it in the snippet",
            "snippets/logit-lens/read.py:16:1: MI021 region 'lens' is never ended; pair every [start:name] with one [end:name]",
        ],
    ),
    (
        "MI021",
        "a region inside another",
        snippet("depth = torch", "# --8<-- [start:in]\ndepth = torch"),
        [
            "docs/concepts/logit-lens.md:12:1: MI046 there is no region 'logit-lens/read#lens'; mark it in the snippet",
            "snippets/logit-lens/read.py:19:1: MI021 region 'in' is never ended; pair every [start:name] with one [end:name]",
            "snippets/logit-lens/read.py:19:1: MI021 region 'in' starts inside 'lens'; pair every [start:name] with one [end:name]",
            "snippets/logit-lens/read.py:22:1: MI021 region 'lens' ends but was not started; pair every [start:name] with one [end:name]",
        ],
    ),
    (
        "MI021",
        "a region given twice",
        snippet("claim(", "# --8<-- [start:lens]\n# --8<-- [end:lens]\nclaim("),
        [
            "snippets/logit-lens/read.py:23:1: MI021 region 'lens' is given twice; pair every [start:name] with one [end:name]",
        ],
    ),
    (
        "MI021",
        "an end without a start",
        snippet("claim(", "# --8<-- [end:other]\nclaim("),
        [
            "snippets/logit-lens/read.py:23:1: MI021 region 'other' ends but was not started; pair every [start:name] with one [end:name]",
        ],
    ),
    (
        "MI021",
        "a marker without a name",
        snippet("claim(", "# --8<-- [end:]\nclaim("),
        [
            "snippets/logit-lens/read.py:23:1: MI021 region '' ends but was not started; pair every [start:name] with one [end:name]",
        ],
    ),
    (
        "MI022",
        "a concept that is not the folder",
        snippet('concept = "logit-lens"', 'concept = "tuned-lens"'),
        [
            "snippets/logit-lens/read.py:3:1: MI022 the header says concept 'tuned-lens', the folder is 'logit-lens'; make them equal",
        ],
    ),
    (
        "MI023",
        "Python that does not parse",
        replace(CODE, "model = load()", "model = load("),
        [
            "snippets/logit-lens/read.py:14:13: MI023 '(' was never closed; correct the Python",
        ],
    ),
    (
        "MI023",
        "a null byte in Python",
        replace(CODE, "model = load()", "model = load()\x00"),
        [
            "snippets/logit-lens/read.py:1:1: MI023 source code string cannot contain null bytes; correct the Python",
        ],
    ),
    (
        "MI024",
        "a reason for a claim that does not exist",
        snippet("# seed = 0", '# seed = 0\n# fails = {"toy/width" = "why"}'),
        [
            "snippets/logit-lens/read.py:3:1: MI024 fails names 'toy/width', which is not model/claim of this snippet; use a model of the header and a claim of the file",
        ],
    ),
    (
        "MI030",
        "a snippet that was never recorded",
        delete(RECORDING),
        [
            "docs/concepts/logit-lens.md:8:24: MI041 no claim 'logit-lens/read#depth' was recorded; record and accept the snippet first",
            "docs/concepts/logit-lens.md:9:13: MI041 no claim 'logit-lens/read#depth.control' was recorded; record and accept the snippet first",
            "snippets/logit-lens/read.py:1:1: MI030 logit-lens/read has no recording on toy; run: mi101 record logit-lens/read, then: mi101 accept logit-lens/read",
        ],
    ),
    (
        "MI031",
        "a snippet changed since",
        append(CODE, b"# more\n"),
        [
            "snippets/logit-lens/read.py:1:1: MI031 the recording is stale: the snippet changed since; run: mi101 record logit-lens/read, then: mi101 accept logit-lens/read",
        ],
    ),
    (
        "MI031",
        "weights and a library changed since",
        both(replace(CARD, "a" * 64, "b" * 64), replace("constraints.txt", "torch==2.13.0", "torch==2.14.0")),
        [
            "snippets/logit-lens/read.py:1:1: MI031 the recording is stale: the model's weights, torch (2.13.0 → 2.14.0) changed since; run: mi101 record logit-lens/read, then: mi101 accept logit-lens/read",
        ],
    ),
    (
        "MI032",
        "a value edited by hand",
        replace(RECORDING, '"value": 0.864', '"value": 0.866'),
        [
            "docs/concepts/logit-lens.md:8:24: MI040 the page says 0.86, the recording says 0.866; write 0.87, or run: mi101 check --fix",
            "snippets/logit-lens/recorded/read.toy.json:1:1: MI032 the recording was changed after it was made (its digest does not fit); run: mi101 record --again logit-lens/read, then: mi101 accept logit-lens/read",
        ],
    ),
    (
        "MI032",
        "a recording cut off",
        cut(RECORDING, 500),
        [
            "snippets/logit-lens/recorded/read.toy.json:1:1: MI032 the recording was changed after it was made (Unterminated string starting at: line 18 column 3 (char 499)); run: mi101 record --again logit-lens/read, then: mi101 accept logit-lens/read",
        ],
    ),
    (
        "MI033",
        "a claim that fails",
        measured(value=0.2),
        [
            "docs/concepts/logit-lens.md:8:24: MI040 the page says 0.86, the recording says 0.2; write 0.20, or run: mi101 check --fix",
            "snippets/logit-lens/read.py:23:1: MI033 claim 'depth' does not hold on toy: 0.2 against control 0.1, 0.3 apart is needed; find out why; if it is a finding, say so in the header's fails table",
        ],
    ),
    (
        "MI034",
        "a control that equals the claim",
        measured(value=0.1),
        [
            "docs/concepts/logit-lens.md:8:24: MI040 the page says 0.86, the recording says 0.1; write 0.10, or run: mi101 check --fix",
            "snippets/logit-lens/read.py:23:1: MI034 claim 'depth' has the same value as its control (0.1); choose a control that can come out different",
        ],
    ),
    (
        "MI035",
        "a claim that holds though it should fail",
        snippet("# seed = 0", '# seed = 0\n# fails = {"toy/depth" = "why"}'),
        [
            "snippets/logit-lens/read.py:24:1: MI035 the header says that 'depth' fails on toy, but it holds; remove the line from fails and look at the prose",
        ],
    ),
    (
        "MI036",
        "a recording in another's place",
        misplaced,
        [
            "snippets/logit-lens/recorded/write.toy.json:1:1: MI036 no snippet and model of this name exist; delete the file, or name the model in the snippet's header",
        ],
    ),
    (
        "MI007",
        "a recording of what is no snippet",
        copy(RECORDING, f"{RECORDED}/x.toy.json", "logit-lens/read", "nonsense"),
        [
            "snippets/logit-lens/recorded/x.toy.json:1:1: MI007 snippet: string should match pattern '^[a-z0-9-]+/[a-z0-9_]+$', got 'nonsense'; see the schema",
        ],
    ),
    (
        "MI037",
        "a figure that is gone",
        figure(lambda p: p.unlink()),
        [
            "snippets/logit-lens/recorded/read.toy.json:1:1: MI037 figure 'curve' (read.toy.curve.dark.ce19a9a8450b.svg) is missing; run: mi101 record --again logit-lens/read, then: mi101 accept logit-lens/read",
        ],
    ),
    (
        "MI037",
        "a figure edited by hand",
        figure(lambda p: p.write_text("<svg/>")),
        [
            "snippets/logit-lens/recorded/read.toy.json:1:1: MI037 figure 'curve' (read.toy.curve.dark.ce19a9a8450b.svg) was changed after it was drawn; run: mi101 record --again logit-lens/read, then: mi101 accept logit-lens/read",
        ],
    ),
    (
        "MI038",
        "a claim added since",
        snippet("figure(", f"{WIDTH}figure("),
        [
            "snippets/logit-lens/read.py:24:1: MI038 the snippet makes claim 'width', its recording on toy does not; run: mi101 record --again logit-lens/read, then: mi101 accept logit-lens/read",
            "snippets/logit-lens/read.py:24:1: MI044 claim 'width' of logit-lens/read is on no page; link it from a page, or drop it",
        ],
    ),
    (
        "MI040",
        "a number on a page that was not measured",
        replace(PAGE, "0.86", "0.87"),
        [
            "docs/concepts/logit-lens.md:8:24: MI040 the page says 0.87, the recording says 0.864; write 0.86, or run: mi101 check --fix",
        ],
    ),
    (
        "MI040",
        "a percentage that was not measured",
        replace(PAGE, "10 %", "11 %"),
        [
            "docs/concepts/logit-lens.md:9:13: MI040 the page says 11, the recording says 0.1; write 10, or run: mi101 check --fix",
        ],
    ),
    (
        "MI041",
        "a link to a claim that is nearly right",
        replace(PAGE, "read#depth)", "read#dept)"),
        [
            "docs/concepts/logit-lens.md:8:24: MI041 no claim 'logit-lens/read#dept' was recorded; did you mean 'logit-lens/read#depth'?",
        ],
    ),
    (
        "MI041",
        "a link to what is no claim",
        prose("[1](claim:zebra)"),
        [
            "docs/concepts/logit-lens.md:8:2: MI041 no claim 'zebra' was recorded; record and accept the snippet first",
        ],
    ),
    (
        "MI042",
        "a claim link without a number",
        prose("[deep](claim:logit-lens/read#depth)"),
        [
            "docs/concepts/logit-lens.md:8:2: MI042 the text 'deep' holds no number; write the number as the link's text",
        ],
    ),
    (
        "MI042",
        "a claim link with two numbers",
        prose("[1 of 2](claim:logit-lens/read#depth)"),
        [
            "docs/concepts/logit-lens.md:8:2: MI042 the text '1 of 2' holds no number; write the number as the link's text",
        ],
    ),
    (
        "MI043",
        "a bare number",
        prose("There are 12 heads."),
        [
            "docs/concepts/logit-lens.md:8:11: MI043 '12' has no source; measure it (claim:) or cite it (paper:); or write it in code or maths",
        ],
    ),
    (
        "MI044",
        "a claim that no page shows",
        snippet("figure(", f"{WIDTH}figure("),
        [
            "snippets/logit-lens/read.py:24:1: MI038 the snippet makes claim 'width', its recording on toy does not; run: mi101 record --again logit-lens/read, then: mi101 accept logit-lens/read",
            "snippets/logit-lens/read.py:24:1: MI044 claim 'width' of logit-lens/read is on no page; link it from a page, or drop it",
        ],
    ),
    (
        "MI045",
        "a region that no page shows",
        snippet("claim(", "# --8<-- [start:tail]\n# --8<-- [end:tail]\nclaim("),
        [
            "snippets/logit-lens/read.py:23:1: MI045 region 'tail' of logit-lens/read is on no page; embed it, or drop its markers",
        ],
    ),
    (
        "MI046",
        "a block of a region that is nearly right",
        replace(PAGE, "read#lens", "read#lense"),
        [
            "docs/concepts/logit-lens.md:12:1: MI046 there is no region 'logit-lens/read#lense'; did you mean 'logit-lens/read#lens'?",
            "snippets/logit-lens/read.py:16:1: MI045 region 'lens' of logit-lens/read is on no page; embed it, or drop its markers",
        ],
    ),
    (
        "MI046",
        "a block of a snippet that does not exist",
        replace(PAGE, "logit-lens/read#lens", "zebra/x#y"),
        [
            "docs/concepts/logit-lens.md:12:1: MI046 there is no region 'zebra/x#y'; mark it in the snippet",
            "snippets/logit-lens/read.py:16:1: MI045 region 'lens' of logit-lens/read is on no page; embed it, or drop its markers",
        ],
    ),
    (
        "MI047",
        "a figure that does not exist",
        replace(PAGE, "figure: curve", "figure: curves"),
        [
            "docs/concepts/logit-lens.md:12:1: MI047 logit-lens/read has no figure 'curves'; it has: curve",
        ],
    ),
    (
        "MI048",
        "a block of nothing",
        prose("/// snippet\n///"),
        [
            "docs/concepts/logit-lens.md:8:1: MI048 the block names no snippet and region; write: /// snippet | concept/name#region, options indented below, then ///",
        ],
    ),
    (
        "MI048",
        "an option that does not exist",
        replace(PAGE, "figure: curve", "figures: curve"),
        [
            "docs/concepts/logit-lens.md:12:1: MI048 unknown option 'figures'; known: figure, code; write: /// snippet | concept/name#region, options indented below, then ///",
        ],
    ),
    (
        "MI060",
        "weights without a hash",
        replace(CARD, f"  sha256: {'a' * 64}\n", ""),
        [
            "models/toy/card.yaml:10:3: MI060 weights from a wheel or from training need a SHA-256; add sha256",
            "snippets/logit-lens/read.py:1:1: MI031 the recording is stale: the model card changed since; run: mi101 record logit-lens/read, then: mi101 accept logit-lens/read",
        ],
    ),
]


@pytest.mark.parametrize(("change", "expected"), [pytest.param(*row[2:], id=f"{row[0]} {row[1]}") for row in TABLE])
def test_a_mistake_is_found_at_its_place_and_explained(tiny, change, expected):
    change(tiny)
    assert tiny.says() == expected


@pytest.mark.parametrize("row", TABLE, ids=[f"{row[0]} {row[1]}" for row in TABLE])
def test_each_row_shows_the_code_it_is_for(row):
    assert any(f": {row[0]} " in said for said in row[3])


def test_every_code_has_a_row_and_every_row_a_code():
    assert {row[0] for row in TABLE} == set(CODES)
