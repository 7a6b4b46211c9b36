"""The examples in docstrings run; those that need a server use the sandbox.

The names available to examples: `url` and `key` of the sandbox; `zen`, a connection to it; its parts `client`,
`session` and `runtime`; and `org`, the organization acme. The environment has the same settings. Everything else is
imported by the example.
"""

from __future__ import annotations

import doctest
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import zenpro_nb
from tests.support.sandbox import SandboxProcess
from zenpro_nb import query
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.ui.protocol import TerminalUI

PACKAGE = Path(zenpro_nb.__file__).parent
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.REPORT_NDIFF


def _module(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


EXAMPLES = {_module(path): path for path in sorted(PACKAGE.rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")}


@pytest.fixture(scope="module")
def zen(sandbox: SandboxProcess) -> Iterator[Connection]:
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as connection:
        yield connection


@pytest.fixture
def names(zen: Connection, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names available to examples."""
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
    session = zen._session
    return {
        "url": sandbox.url,
        "key": sandbox.key,
        "zen": zen,
        "session": session,
        "client": session.client,
        "runtime": CommandContext(session, TerminalUI()),
        "org": query.organization(session),
    }


@pytest.mark.parametrize("module", EXAMPLES)
def test_examples_show_the_actual_output(module: str, names: dict[str, Any], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)  # where an example can save a file
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    lines: list[str] = []
    for item in doctest.DocTestFinder().find(importlib.import_module(module), module, extraglobs=names):
        runner.run(item, out=lines.append)
    assert runner.tries > 0, "the examples of this module are not found"
    assert runner.failures == 0, "".join(lines)


def test_no_example_is_skipped() -> None:
    assert [module for module, path in EXAMPLES.items() if "+SKIP" in path.read_text(encoding="utf-8")] == []
