"""Builds of small documentations, with the settings and the extension of the real one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n"


@dataclass(frozen=True)
class Built:
    """The result of a build."""

    code: int
    messages: str
    out: Path

    def warnings(self, page: str) -> str:
        """Return the messages about a page."""
        return "\n".join(line for line in self.messages.splitlines() if f"{page}.md:" in line and "WARNING" in line)

    def page(self, name: str) -> str:
        """Return a page as HTML."""
        return (self.out / f"{name}.html").read_text(encoding="utf-8")


Build = Callable[..., Built]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Build pages as `.ci/run docs` builds the real ones; each is in the table of contents. `dummy` writes no HTML."""
    pytest.importorskip("myst_nb", reason="the extra `docs` is not installed")
    folder = tmp_path_factory.mktemp("pages")

    def call(pages: dict[str, str], builder: str = "html", place: str = ".") -> Built:
        source, out = folder / place / "source", folder / place / "html"
        source.mkdir(exist_ok=True, parents=True)
        names = "\n".join(pages)
        index = f"# Pages\n\n```{{toctree}}\n{names}\n```\n"
        for name, text in {"index": index, **pages}.items():
            path = source / f"{name}.md"
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "sphinx",
            "-W",
            "--keep-going",
            "--no-color",
            "-b",
            builder,
            "-c",
            DOCS,
            source,
            out,
        ]
        cache = f"nb_execution_cache_path={folder / 'executed'}"
        done = subprocess.run([*command, "-D", cache], capture_output=True, text=True, check=False)
        return Built(done.returncode, done.stdout + done.stderr, out)

    return call


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of one folder of pages in the order of their file: Sphinx reuses its earlier build."""
    places = [at for at, item in enumerate(items) if item.path.name == "test_pages_run.py"]
    ordered = sorted((items[at] for at in places), key=lambda item: item.reportinfo()[1] or 0)
    for at, item in zip(places, ordered, strict=True):
        items[at] = item
