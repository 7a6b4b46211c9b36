"""The built site: its links and anchors lead somewhere, and the search finds what people type.

`ZENPRO_SITE` names a site that is already built, as `.ci/run docs` does. Otherwise it is built here, without running
its pages.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page

from tests.docs.conftest import DOCS
from tests.docs.search_terms import TERMS
from tests.support.browser import browser_page

pytestmark = pytest.mark.docs

CLICKS = 2
HITS = 3


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = os.environ.get("ZENPRO_SITE")
    if built:
        return Path(built).resolve()
    pytest.importorskip("myst_nb", reason="the extra `docs` is not installed")
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-D", "nb_execution_mode=off"]
    command += ["-D", "suppress_warnings=myst-nb.lexer"]  # no kernel says what language the cells are in
    done = subprocess.run([*command, DOCS, out], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


class _ParsedPage(HTMLParser):
    """The anchors of a page, the addresses that it mentions, and those of them that a browser loads with the page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.addresses: set[str] = set()
        self.loaded: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.anchors |= {anchor for anchor in (found.get("id"), found.get("name")) if anchor}
        addresses = {found[name] or "" for name in ("href", "src") if name in found}
        self.addresses |= addresses
        if tag in ("script", "link", "img"):
            self.loaded |= addresses


_parse = cache(_ParsedPage)


def _pages(site: Path) -> list[Path]:
    return [path for path in site.rglob("*.html") if "_static" not in path.relative_to(site).parts]


def _local(page: Path, address: str) -> tuple[Path, str] | None:
    """Return the file and the anchor that an address on a page leads to, or nothing if it leads elsewhere."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address in ("", "#"):
        return None
    return ((page.parent / unquote(parts.path)).resolve() if parts.path else page), unquote(parts.fragment)


def test_every_link_and_anchor_leads_somewhere(site: Path) -> None:
    pages = _pages(site)
    assert len(pages) > 100
    broken = set()
    for page in pages:
        for address in _parse(page).addresses:
            target = _local(page, address)
            if target is None:
                continue
            file, anchor = target
            if not file.exists() or (anchor and file.suffix == ".html" and anchor not in _parse(file).anchors):
                broken.add(f"{page.relative_to(site)}: {address}")
    assert sorted(broken) == []


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    """Pages work offline: scripts, styles and pictures are part of the site."""
    loaded = {
        (page.name, address) for page in _pages(site) for address in _parse(page).loaded if urlsplit(address).netloc
    }
    assert loaded == set()


def test_options_keep_their_hyphens(site: Path) -> None:
    shown = [page.name for page in _pages(site) if "–dry-run" in page.read_text(encoding="utf-8")]
    assert shown == []


def test_every_answer_is_two_clicks_from_home(site: Path) -> None:
    home = site / "index.html"
    reached, border = {home}, {home}
    for _ in range(CLICKS):
        border = {
            target[0]
            for page in border
            for address in _parse(page).addresses
            if (target := _local(page, address)) is not None and target[0].suffix == ".html" and target[0].exists()
        }
        reached |= border
    assert [page for page in TERMS if site / f"{page}.html" not in reached] == []


@pytest.fixture(scope="module")
def search(site: Path) -> Iterator[Page]:
    with browser_page() as page:
        page.goto((site / "search.html").as_uri())
        page.wait_for_function("typeof Search !== 'undefined' && Search._index !== null")
        yield page


def _hits(search: Page, term: str) -> list[str]:
    """Return the pages that the site's own search lists, best first."""
    results = search.evaluate("term => Search._performSearch(...Search._parseQuery(term)).map(r => r[0])", term)
    return list(dict.fromkeys(reversed(results)))


@pytest.mark.browser
@pytest.mark.parametrize(
    ("term", "page"), [(term, page) for page, terms in TERMS.items() for term in terms], ids=lambda text: text
)
def test_the_search_finds_it(search: Page, term: str, page: str) -> None:
    assert page in _hits(search, term)[:HITS]
