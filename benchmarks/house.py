"""Measure how the package is divided into files, and what the division costs while a command runs.

    python benchmarks/house.py [--root PATH] [--runs 200] [--details]

The measures at rest read the source of the folder `zenpro_nb`, or of `--root`. Each import counts, also in a function
and under TYPE_CHECKING, and in an `__init__.pyi`, which lists the imports of a lazy `__init__`. Imports by
`import_module` are not counted.

The measures of a warm `%zenpro users --limit 5` are always of this script's own checkout. Modules entered, and changes
of module or of package (`frames/`, `client/`), are those of the main thread; what its other threads enter is a figure
of its own. The overhead is the median of the command minus that of its own request, sent again by a bare
`httpx.Client`, the two taking turns.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

import httpcore
import httpx
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.source_layout import PACKAGE, Measure, at_rest
from tests.support.sandbox import SandboxProcess

CHECKOUT = Path(__file__).resolve().parents[1]
LINE = "users --limit 5"
WARM_UP = 2


def profiled(shell: InteractiveShell) -> tuple[list[str], list[str]]:
    """Give the files of the package that calls enter, in order: those of the main thread, and those of all others."""
    root = f"{Path(sys.modules[PACKAGE].__file__ or '').parent}{os.sep}"
    sandbox = f"{root}sandbox{os.sep}"
    mine: list[str] = []
    others: list[str] = []
    main_thread = threading.get_ident()

    def note(frame: FrameType, event: str, arg: object) -> None:
        path = frame.f_code.co_filename
        if event == "call" and path.startswith(root) and not path.startswith(sandbox):
            (mine if threading.get_ident() == main_thread else others).append(path.removeprefix(root))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        run(shell)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return mine, others


@contextmanager
def warm_shell() -> Iterator[InteractiveShell]:
    """Give a shell that speaks to a sandbox of its own, and has run the command before."""
    with tempfile.TemporaryDirectory(prefix="zenpro-bench-", ignore_cleanup_errors=True) as folder:
        for name in ("ZENML_PRO_API_TOKEN", "ZENPRO_PROFILE", "ZENPRO_WARM_UP"):
            os.environ.pop(name, None)
        for name in ("ZENPRO_CONFIG_DIR", "ZENPRO_STATE_DIR", "ZENML_CONFIG_PATH", "IPYTHONDIR"):
            os.environ[name] = str(Path(folder, name.lower()))
        # The sandbox, too, is to be this checkout's, wherever the script is called from.
        with SandboxProcess(env={"PYTHONPATH": str(CHECKOUT), "PYTHONSAFEPATH": "1"}) as sandbox:
            os.environ |= {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key}
            os.environ["ZENPRO_ORGANIZATION"] = "acme"
            config = Config()
            config.HistoryManager.enabled = False
            shell = InteractiveShell(config=config)
            shell.run_line_magic("load_ext", PACKAGE)
            try:
                for _ in range(WARM_UP):
                    run(shell)
                yield shell
            finally:
                shell.run_line_magic("unload_ext", PACKAGE)


def run(shell: InteractiveShell) -> None:
    """Run the command, which must give its five rows."""
    frame: Any = shell.run_line_magic("zenpro", LINE)
    assert len(frame) == 5, frame


def own_request(shell: InteractiveShell) -> httpx.Request:
    """Return the one request that the warm command sends; the client sends it with httpcore, below httpx."""
    sent: list[httpcore.Request] = []
    original = httpcore.HTTPConnection.handle_request

    def noting(self: httpcore.HTTPConnection, request: httpcore.Request) -> httpcore.Response:
        sent.append(request)
        return original(self, request)

    with mock.patch.object(httpcore.HTTPConnection, "handle_request", noting):
        run(shell)
    (request,) = sent
    url = request.url
    address = httpx.URL(scheme=url.scheme.decode(), host=url.host.decode(), port=url.port, raw_path=url.target)
    return httpx.Request(request.method.decode(), address, headers=request.headers)


def running(runs: int) -> Iterator[Measure]:
    """Measure the warm command."""
    with warm_shell() as shell:
        calls, others = profiled(shell)
        changes = [f"{item} -> {other}" for item, other in itertools.pairwise(calls) if item != other]
        yield Measure("modules entered", str(len(set(calls))), counted(calls))
        yield Measure("  by other threads", str(len(set(others))), counted(others))
        yield Measure("changes of module", str(len(changes)), counted(changes))
        packages = [path.partition(os.sep)[0] for path in calls]
        moves = [f"{item} -> {other}" for item, other in itertools.pairwise(packages) if item != other]
        yield Measure("  from one package to another", str(len(moves)), counted(moves))

        request = own_request(shell)
        ours, bare = [], []
        with httpx.Client(headers={"Authorization": request.headers["Authorization"]}) as client:
            client.get(request.url).raise_for_status()
            for _ in range(runs):
                started = time.perf_counter()
                run(shell)
                between = time.perf_counter()
                client.get(request.url)
                ended = time.perf_counter()
                ours.append((between - started) * 1000)
                bare.append((ended - between) * 1000)
        command, alone = statistics.median(ours), statistics.median(bare)
        told = [f"{command:.2f} ms the command", f"{alone:.2f} ms GET {request.url.raw_path.decode()}"]
        yield Measure("overhead", f"{command - alone:.2f} ms", told)


def counted(names: list[str]) -> list[str]:
    """Give each name once with how often it occurs, the most frequent first."""
    return [f"{times:>5} {name}" for name, times in Counter(names).most_common()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=CHECKOUT / PACKAGE, help="another checkout's folder zenpro_nb")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--details", action="store_true", help="list what is behind each figure")
    given = parser.parse_args()
    root = given.root.resolve()
    root = root / PACKAGE if (root / PACKAGE).is_dir() else root
    if not (root / "__init__.py").exists():
        parser.error(f"{root} is not a package")
    print(f"{'measure':<48} | {'figure':>8}")
    for measure in (*at_rest(root), *running(given.runs)):
        print(f"{measure.name:<48} | {measure.figure:>8}")
        if given.details:
            for offender in measure.offenders:
                print(f"    {offender}")


if __name__ == "__main__":
    main()
