"""Run the notebooks in new sandboxes, and write their outputs into them: `python docs/run_notebooks.py [NAME …]`.

It needs the extra `test`. Dates, ids, and addresses are the same each time, so that a change in an output is a change
in the code. Look at the outputs before you commit them.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
import time_machine
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from zenpro_nb.commands.tool.demo import earlier_captures  # noqa: E402 - behind the path
from zenpro_nb.framework.cli.context import CommandContext  # noqa: E402
from zenpro_nb.servers import sandbox_process  # noqa: E402
from zenpro_nb.session.session import Session  # noqa: E402
from zenpro_nb.ui.protocol import TerminalUI  # noqa: E402

FOLDER = ROOT / "notebooks"
# A Monday morning, at which kernels and sandboxes live.
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TIMEOUT = 180  # seconds for one cell, on a busy machine
_OFFSET = "ZENPRO_NOTEBOOKS_OFFSET"
# The sandbox's clock does not advance: its data is the same each time.
_TRAVEL = f"""
import os, sys, time
import time_machine
if "zenpro_nb.sandbox" in sys.orig_argv:
    time_machine.travel({NOW.timestamp()}, tick=False).start()
else:
    time_machine.travel(time.time() + float(os.environ["{_OFFSET}"]), tick=True).start()
"""
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_SAME: tuple[tuple[str, str], ...] = (
    (r"127\.0\.0\.1:\d+", "127.0.0.1:8000"),
    (r"(2026-(?:09|10|11)-30[T ])09:0\d:\d\d(\.\d+)?", r"\g<1>09:00:00"),
    (r"(2026-(?:09|10|11)-30[T ])09:0\d\b", r"\g<1>09:00"),
    (r"2026-11-30T090\d\d\dZ", "2026-11-30T090000Z"),
    (r"2026-11-30 09\.0\d\.\d\d\.\d+", "2026-11-30 09.00.00.000000"),
    (r"2026-11-30T09\d{4}Z", "2026-11-30T090000Z"),  # the name of a capture
    (r"\b09:0\d(:\d\d)? UTC", "09:00 UTC"),
    (r"/tmp/[\w-]*?tmp\w+|/tmp/zenpro-notebooks-(?:\w|\\_)+", "/tmp/notebook"),  # noqa: S108 - a pattern
    (r"\b0x[0-9a-f]{6,}\b", "0x0"),
    (r"\b\d+(\.\d+)? (ms|s)\b(?= |$|[,;·<])", "1 s"),
)


def main(names: Sequence[str]) -> None:
    """Run the notebooks of these names, or all."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        if not names or path.stem in names:
            nbformat.write(run(path), path)
            print(path.name, path.stat().st_size)  # noqa: T201 - what has been written


def run(path: Path) -> nbformat.NotebookNode:
    """Return a notebook with the outputs of a run in a new sandbox."""
    notebook = nbformat.read(path, as_version=4)
    with _world() as folder:
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(
            notebook, timeout=TIMEOUT, resources=resources, record_timing=False, kernel_name="python3"
        ).execute()
    _clean(notebook)
    return notebook


@contextmanager
def _world() -> Iterator[Path]:
    """Start a sandbox at the fixed time, set the environment of a kernel, and yield an empty folder."""
    before = dict(os.environ)
    with (
        tempfile.TemporaryDirectory(prefix="zenpro-notebooks-") as name,
        time_machine.travel(NOW.timestamp(), tick=True),
    ):
        home = Path(name)
        (home / "sitecustomize.py").write_text(_TRAVEL, encoding="utf-8")
        (home / "work").mkdir()
        for variable in [*os.environ]:
            if variable.startswith(("ZENML_", "ZENPRO_")):
                del os.environ[variable]
        offset = time.time() - time_machine.escape_hatch.time.time()
        paths = os.pathsep.join([str(home), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]).rstrip(os.pathsep)
        os.environ.update({_OFFSET: str(offset), "PYTHONPATH": paths, "TZ": "UTC"})
        sandbox = sandbox_process.start()
        try:
            with redirect_stdout(StringIO()):
                captures = earlier_captures(
                    CommandContext(Session(), TerminalUI()), sandbox.settings, home / "prepared"
                )
            folders = {variable: str(home / variable.lower()) for variable in ("ZENPRO_CONFIG_DIR", "ZENPRO_STATE_DIR")}
            credential = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key.reveal()}
            os.environ.update({**captures, **folders, **credential})
            yield home / "work"
        finally:
            sandbox.stop()
            os.environ.clear()
            os.environ.update(before)


def _clean(notebook: nbformat.NotebookNode) -> None:
    """Make what differs from run to run the same: addresses, times of the run, and ids."""
    same = _Same()
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            _walk(output, same)


def _walk(node: Any, change: Callable[[str], str]) -> None:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in list(items):
        if key == "image/png":
            continue
        if isinstance(value, str):
            node[key] = change(value)
        else:
            _walk(value, change)


class _Same:
    """Replaces ids by numbers, in the order in which they appear, also where an id is shortened."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._ids: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        for pattern, replacement in _SAME:
            text = re.sub(pattern, replacement, text)
        text = re.sub(_UUID, lambda found: self._id(found[0]), text)
        for old, new in self._ids.items():
            text = re.sub(rf"\b{old[:8]}\b", new[:8], text)
        return text

    def _id(self, old: str) -> str:
        if old in self._ids.values():
            return old
        if old not in self._ids:
            self._ids[old] = f"{next(self._numbers):08d}-0000-4000-8000-000000000000"
        return self._ids[old]


if __name__ == "__main__":
    main(sys.argv[1:])
