"""Reading Markdown for what must be true of it: our links, our snippet blocks, numbers without a source.

This looks at the text as written. What is inside code, maths, comments and front matter is blanked out first, so that
every offset still is the offset in the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SCHEMES = ("term", "paper", "claim", "problem")
# What each scheme but claim names.
KINDS = {"term": "term", "paper": "reading", "problem": "problem"}

LINK = re.compile(r"\[(?P<text>[^\]\n]*(?:\n[^\]\n]+)*)\]\((?P<scheme>term|paper|claim|problem):(?P<target>[^)\s]*)\)")
ANY_LINK = re.compile(r"!?\[(?P<text>[^\]]*)\]\([^)]*\)")
# A block inside another (in details, say) has more slashes than the one around it.
BLOCK = re.compile(
    r"(?m)^(?P<mark>/{3,}) snippet(?: *\| *(?P<target>\S*))?[^\n]*\n(?P<options>(?:    [^\n]*\n|\n)*)(?P=mark)[ ]*$"
)
NUMBER = re.compile(r"[-+−]?\d[\d,. ]*\d|[-+−]?\d")
BARE = re.compile(r"(?<![\w.,\-–+−#/])[-+−]?\d+(?:[.,]\d+)*(?![\w])")

HIDDEN = [
    re.compile(r"\A---\n.*?\n---\n", re.S),
    re.compile(r"(?ms)^(?P<indent> *)(?P<fence>`{3,}|~{3,})[^\n]*\n.*?^(?P=indent)(?P=fence)[ ]*$"),
    re.compile(r"<!--.*?-->", re.S),
    re.compile(r"(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)", re.S),
    re.compile(r"\$\$.+?\$\$", re.S),
    re.compile(r"(?<![\\$])\$(?!\s)[^$\n]+?(?<!\s)\$(?!\d)"),
]


@dataclass(frozen=True)
class Link:
    """`[text](scheme:target)` and where its text stands."""

    text: str
    scheme: str
    target: str
    start: int
    end: int


@dataclass(frozen=True)
class Block:
    """`/// snippet | concept/name#region` with its options."""

    target: str
    options: dict[str, str]
    start: int
    end: int

    @property
    def snippet(self) -> str:
        return self.target.partition("#")[0]

    @property
    def region(self) -> str:
        return self.target.partition("#")[2]


@dataclass(frozen=True)
class ClaimTarget:
    """`concept/name[@model]#claim[.control]`, taken apart."""

    snippet: str
    model: str | None
    claim: str
    control: bool

    @classmethod
    def parse(cls, target: str) -> "ClaimTarget | None":
        match = re.fullmatch(r"([\w-]+/\w+)(?:@([\w-]+))?#(\w+)(\.control)?", target)
        return cls(match[1], match[2], match[3], bool(match[4])) if match else None


def blank(text: str, pattern: re.Pattern[str]) -> str:
    """Replace each match by as many spaces, keeping line ends, so that places stay places."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def visible(text: str) -> str:
    """The text with front matter, code, comments and maths blanked out."""
    for pattern in HIDDEN:
        text = blank(text, pattern)
    return text


def spoken(text: str) -> str:
    """What a reader sees of a text: no targets of links, no marks of emphasis, code or maths. `W_\\text{gate}` is W_gate."""
    return re.sub(r"[*`$]|\\(?:text|mathrm)\{([^}]*)\}", r"\1", ANY_LINK.sub(r"\g<text>", text))


def links(text: str) -> Iterator[Link]:
    """Our links in a text, in order."""
    for match in LINK.finditer(visible(text)):
        yield Link(match["text"], match["scheme"], match["target"], match.start("text"), match.end("text"))


def blocks(text: str) -> Iterator[Block]:
    """The snippet blocks in a text, in order."""
    for match in BLOCK.finditer(visible(text)):
        options = {}
        for line in match["options"].splitlines():
            key, _, value = line.strip().partition(":")
            if key:
                options[key.strip()] = value.strip()
        yield Block(match["target"] or "", options, match.start(), match.end())


def bare_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Numbers in prose that no link gives a source: (offset, literal). List markers are no numbers."""
    shown = blank(visible(text), BLOCK)
    shown = blank(shown, LINK)
    shown = ANY_LINK.sub(lambda m: m[0][: m[0].index("](")].ljust(len(m[0])), shown)
    shown = blank(shown, re.compile(r"(?m)^ *\d+[.)] "))
    shown = blank(shown, re.compile(r"https?://\S+|\{[:#.][^}\n]*\}|<[^>\n]+>"))
    for match in BARE.finditer(shown):
        yield match.start(), match[0]


def place_in(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def literal_of(text: str) -> tuple[str, bool] | None:
    """The one number in a link's text, and whether a percent sign follows it; None when there is not exactly one."""
    found = NUMBER.findall(text)
    if len(found) != 1:
        return None
    return found[0], bool(re.search(re.escape(found[0]) + r"\s*%", text))


def written(value: float, like: str, percent: bool) -> str:
    """`value` with as many decimals, and the same grouping and minus sign, as the literal `like`."""
    decimals = len(like.rpartition(".")[2]) if "." in like else 0
    text = f"{value * 100 if percent else value:{',' if ',' in like else ''}.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    if like.startswith("+") and not text.startswith("-"):
        text = f"+{text}"
    return text.replace("-", "−") if "−" in like else text
