"""Four search engines side by side, in one run: Material's own, Pagefind, MiniSearch and ours.

Each gets the same entries (the real ones, and the real ones among 10,000) and the same queries: those of
tests/search, in six kinds. Measured are recall at 1 and at 5, the bytes over the wire (gzip where the server
can) before a first result in a fresh browser, and the time of a keystroke. Material is used through its own search box, since its
engine has no other door; the others through their functions. MiniSearch comes from npm.
"""

import functools
import gzip
import http.server
import json
import random
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from html import escape
from pathlib import Path

from common import report
from playwright.sync_api import Browser, Page, sync_playwright

from mi101.render.edition import Edition
from mi101.render.search_index import Doc, docs, index_of
from mi101.store.check import check_all
from mi101.store.files import find_root

ROOT, HERE = find_root(), Path(__file__).parent
sys.path.insert(0, str(ROOT))
LARGE = 10_000
MINISEARCH = "minisearch@7.2.0"
NOTE = (
    "Four engines over the same entries, in headless Chromium. Recall at 1 / at 5 for each kind of query. Bytes over the wire "
    "before a first result: median / most of 12 fresh browsers. Milliseconds a keystroke: median / 95th percentile / most. "
    "Material: a sample of 100 names and of 100 definitions; its time is from the key to the last change of its list."
)
TYPES = {".js": "text/javascript", ".json": "application/json", ".html": "text/html", ".wasm": "application/wasm"}


def made_up(real: list[Doc], count: int) -> list[Doc]:
    """Entries that read like the real ones: their words in new order, with as many new words as a larger text would bring."""
    draw = random.Random(0)
    names = [word for doc in real for name in doc.names[:1] for word in name.split()]
    texts = [word for doc in real for word in doc.text.split()]
    syllables = ["ab", "cor", "den", "fil", "gra", "lin", "mor", "nex", "pol", "ras", "sem", "tor", "ul", "ven", "zet"]
    made = []
    for i in range(count):
        new = "".join(draw.choices(syllables, k=3))
        name = " ".join([*draw.sample(names, 2), new])
        text = " ".join([*draw.choices(texts, k=30), *draw.choices([new, "".join(draw.choices(syllables, k=2))], k=2)])
        more = " ".join(draw.choices(texts, k=80))
        made.append(Doc("term", name, (name, f"{new}{i}"), text, f"glossary/made-up-{i}/", more))
    return made


def grown(real: list[Doc]) -> list[Doc]:
    """The real entries among as many made-up terms as make 10,000. Kinds must stay together."""
    terms = [doc for doc in real if doc.kind == "term"]
    return [*terms, *made_up(real, LARGE - len(real)), *(doc for doc in real if doc.kind != "term")]


# --- The engines: each writes its files to a folder, with a page that defines find(query) -> addresses ---------------------


def page(folder: Path, engine: str) -> None:
    """A page with nothing but the engine, which defines find(query)."""
    shutil.copy(HERE / f"engines/{engine}.js", folder)
    body = f"<script type='module' src='{engine}.js'></script>"
    (folder / "index.html").write_text(f"<!doctype html><meta charset='utf-8'><title>x</title>{body}")


def ours(folder: Path, listed: list[Doc]) -> None:
    for name, text in index_of(listed).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "assets/js").mkdir(parents=True)
    shutil.copy(ROOT / "docs/assets/js/search-engine.js", folder / "assets/js")
    page(folder, "ours")


def minisearch(folder: Path, listed: list[Doc]) -> None:
    subprocess.run(["npm", "pack", "--silent", MINISEARCH], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    archive = next(folder.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        member = tar.extractfile("package/dist/es/index.js")
        assert member
        (folder / "minisearch-library.js").write_bytes(member.read())
    archive.unlink()
    rows = [
        {"id": n, "n": " · ".join(d.names), "t": d.title, "x": f"{d.text} {d.hints}", "m": d.more, "a": d.address}
        for n, d in enumerate(listed)
    ]
    (folder / "docs.json").write_text(json.dumps(rows, ensure_ascii=False))
    page(folder, "minisearch")


def pagefind(folder: Path, listed: list[Doc]) -> None:
    pages = folder / "pages"
    for doc in listed:
        path = pages / doc.address / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        names = escape(" · ".join(doc.names))
        html = f"<h1 data-pagefind-weight=10>{escape(doc.title)}</h1><p data-pagefind-weight=8>{names}</p>"
        path.write_text(
            f"<html lang=en><body>{html}<p>{escape(f'{doc.text} {doc.hints}')}</p><p>{escape(doc.more)}</p></body></html>"
        )
    command = [sys.executable, "-m", "pagefind", "--silent", "--site", str(pages), "--output-path", str(folder / "pagefind")]
    subprocess.run(command, check=True)
    shutil.rmtree(pages)
    page(folder, "pagefind")


def material(folder: Path, listed: list[Doc]) -> None:
    source = folder / "source"
    (source / "docs").mkdir(parents=True)
    (source / "docs/index.md").write_text("# x\n")
    (source / "mkdocs.yml").write_text("site_name: x\ntheme: {name: material, font: false}\nplugins: [search]\n")
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(folder / "site")], cwd=source, check=True)
    index = folder / "site/search/search_index.json"
    settings = json.loads(index.read_text())
    settings["docs"] = [
        {
            "location": d.address,
            "title": d.title,
            "text": f"<p>{escape(' · '.join(d.names))}</p><p>{escape(f'{d.text} {d.hints} {d.more}')}</p>",
        }
        for d in listed
    ]
    index.write_text(json.dumps(settings, ensure_ascii=False))
    for path in (folder / "site").iterdir():
        shutil.move(path, folder / path.name)
    shutil.rmtree(source)
    html = folder / "index.html"
    shutil.copy(HERE / "engines/material.js", folder)
    html.write_text(html.read_text().replace("</body>", '<script src="material.js"></script></body>'))


ENGINES = {"ours": ours, "MiniSearch": minisearch, "Pagefind": pagefind, "Material": material}
# What a page loads on account of the search, and not anyway.
COUNTED = {"Material": ("search/", "workers/search")}


# --- Measuring --------------------------------------------------------------------------------------------------------------


@functools.cache
def packed(path: Path) -> tuple[bytes, str]:
    """A file as a host sends it: packed once, not at each request."""
    data = path.read_bytes()
    return (gzip.compress(data, 6), "gzip") if path.suffix in (".js", ".json", ".html") else (data, "")


class Server(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, gzip where it helps and one connection for many requests, as hosts of static sites do."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else head and body of an answer wait for one another

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data, encoding = packed(path)
        self.send_response(200)
        self.send_header("Content-Type", TYPES.get(path.suffix, "application/octet-stream"))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def serve(folder: Path) -> str:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Server, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def opened(browser: Browser, address: str, counted: tuple[str, ...] = ("",)) -> tuple[Page, list[int]]:
    """A fresh browser on the engine's page, and the bytes that come over the wire for it (the page itself left out)."""
    context = browser.new_context()
    shown = context.new_page()
    bytes_: list[int] = []
    session = context.new_cdp_session(shown)
    session.send("Network.enable")
    urls: dict[str, str] = {}
    session.on("Network.responseReceived", lambda e: urls.__setitem__(e["requestId"], e["response"]["url"]))

    def finished(event: dict[str, object]) -> None:
        url = urls.get(str(event["requestId"]), "")
        if url != address and any(part in url for part in counted):
            bytes_.append(int(event["encodedDataLength"]))  # type: ignore[call-overload]

    session.on("Network.loadingFinished", finished)
    shown.goto(address)
    shown.wait_for_function("() => Boolean(globalThis.find)")
    return shown, bytes_


def first_result(browser: Browser, engine: str, address: str, asked: list[str]) -> list[int]:
    """Bytes before the first result, one fresh browser a query."""
    totals = []
    for query in asked:
        shown, bytes_ = opened(browser, address, COUNTED.get(engine, ("",)))
        shown.evaluate("(q) => find(q)", query)
        shown.wait_for_timeout(100)
        totals.append(sum(bytes_))
        shown.context.close()
    return totals


def keystrokes(shown: Page, asked: list[str]) -> list[float]:
    """Milliseconds of each keystroke while queries are typed, in a browser that has already answered one."""
    return shown.evaluate(
        """async (asked) => { await find("head"); const took = []; for (const q of asked) for (let n = 3; n <= q.length; n += 2) {
           const start = performance.now(); globalThis.settledAt = undefined; await find(q.slice(0, n));
           took.push((globalThis.settledAt ?? performance.now()) - start); } return took; }""",
        asked,
    )


def recall(shown: Page, asked: list[tuple[str, str, list[str]]]) -> dict[str, tuple[float, float, int]]:
    """For each kind of query: recall at 1, at 5, and how many there were."""
    answers = shown.evaluate(
        "async (asked) => { const all = []; for (const q of asked) all.push(await find(q)); return all; }",
        [q for _, q, _ in asked],
    )
    origin = shown.evaluate("location.origin + '/'")
    kinds: dict[str, list[tuple[bool, bool]]] = {}
    for (kind, _, want), got in zip(asked, answers, strict=True):
        plain = [address.removeprefix(origin).partition("#")[0] for address in got]
        kinds.setdefault(kind, []).append((plain[:1] != [] and plain[0] in want, any(a in want for a in plain[:5])))
    return {
        kind: (statistics.mean(a for a, _ in hits), statistics.mean(b for _, b in hits), len(hits))
        for kind, hits in kinds.items()
    }


def main() -> None:
    base, _ = check_all(ROOT)
    real = list(docs(Edition.of(base)))
    from tests.search import definition_words, names, written

    asked = [*names(base), *definition_words(base), *written()]
    draw = random.Random(1)
    typed, fresh = ([query for _, query, _ in draw.sample(written(), count)] for count in (25, 12))
    from tests.find_browser import find_browser

    rows = []
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()), args=["--no-sandbox", "--disable-gpu"])
        for size, listed in ((len(real), real), (LARGE, grown(real))):
            for engine, build in ENGINES.items():
                folder = Path(scratch) / f"{engine}{size}"
                folder.mkdir()
                start = time.perf_counter()
                build(folder, listed)
                built = time.perf_counter() - start
                address = serve(folder)
                # Material's box answers slowly; samples of the long lists say enough of it.
                slow = engine == "Material"
                some = [*draw.sample(names(base), 100), *draw.sample(definition_words(base), 100), *written()] if slow else asked
                bytes_ = first_result(browser, engine, address, fresh)
                shown, _ = opened(browser, address)
                took = keystrokes(shown, typed)
                hits = recall(shown, some)
                shown.context.close()
                found = [f"{at_one:.0%} / {at_five:.0%}" for at_one, at_five, _ in hits.values()]
                sent = f"{statistics.median(bytes_) / 1000:.0f} / {max(bytes_) / 1000:.0f}"
                times = f"{statistics.median(took):.0f} / {statistics.quantiles(took, n=20)[-1]:.0f} / {max(took):.0f}"
                rows.append([f"{size:,}", engine, *found, sent, times, f"{built:.1f}"])
                print(rows[-1], flush=True)
        kinds = [f"{kind} ({count}) @1 / @5" for kind, (_, _, count) in hits.items()]
    report("search", NOTE, ["entries", "engine", *kinds, "first result, kB", "keystroke, ms", "build, s"], rows)


if __name__ == "__main__":
    main()
