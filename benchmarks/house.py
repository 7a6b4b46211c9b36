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
import ast
import io
import itertools
import os
import statistics
import sys
import tempfile
import threading
import time
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

import httpcore
import httpx
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.sandbox import SandboxProcess

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGE = "zenpro_nb"
SANDBOX = f"{PACKAGE}.sandbox"
SMALL = 60
LINE = "users --limit 5"
WARM_UP = 2
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Graph = dict[str, set[str]]


@dataclass
class Measure:
    """One line of the table, and the offenders behind its figure."""

    name: str
    figure: str
    offenders: list[str] = field(default_factory=list)


@dataclass
class Module:
    """One file of the package."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def in_sandbox(self) -> bool:
        return f"{self.name}.".startswith(f"{SANDBOX}.")

    def targets(self, node: ast.AST, modules: Iterable[str]) -> set[str]:
        """The modules of the package that a statement imports; none if it is not an import."""
        if isinstance(node, ast.Import):
            return {alias.name for alias in node.names if alias.name in modules}
        if not isinstance(node, ast.ImportFrom):
            return set()
        base = node.module or ""
        if node.level:
            parts = self.name.split(".")
            above = parts[: len(parts) - node.level + (self.path.stem == "__init__")]
            base = ".".join([*above, base] if base else above)
        whole = (f"{base}.{alias.name}" for alias in node.names)
        return {item if item in modules else base for item in whole} if base in modules else set()


def read(root: Path) -> dict[str, Module]:
    """Give all modules of a folder by their dotted names."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = [PACKAGE, *path.relative_to(root).with_suffix("").parts]
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        found[name] = Module(name, path, text, ast.parse(text))
    return found


def imports(modules: dict[str, Module]) -> Graph:
    """Give for each module which others it imports."""
    graph: Graph = {}
    for name, module in modules.items():
        stub = module.path.with_suffix(".pyi")
        trees = [module.tree, *([ast.parse(stub.read_text(encoding="utf-8"))] if stub.exists() else [])]
        targets = (module.targets(node, modules) for tree in trees for node in ast.walk(tree))
        graph[name] = set().union(*targets) - {name}
    return graph


def circles(graph: Graph) -> list[list[str]]:
    """Give the strongly connected components of more than one module, the largest first (Tarjan's algorithm)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in sorted(graph[name]):
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            at = stack.index(name)
            circle = sorted(stack[at:])
            del stack[at:]
            if len(circle) > 1:
                found.append(circle)

    for name in graph:
        if name not in index:
            visit(name)
    return sorted(found, key=lambda circle: (-len(circle), circle))


def local_imports(modules: dict[str, Module]) -> dict[str, list[str]]:
    """Give for each module its statements in functions that import own modules, a line each."""
    found: dict[str, list[str]] = {}
    for name, module in modules.items():
        inside = {
            node.lineno: ast.unparse(node)
            for function in ast.walk(module.tree)
            if isinstance(function, Function)
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom) and module.targets(node, modules)
        }
        found[name] = [f"{name}:{number}: {text}" for number, text in sorted(inside.items())]
    return found


def classes(body: Iterable[ast.AST]) -> Iterator[str]:
    """Give the names of a module's own classes, under `if` and `try` too, but not those in classes and functions."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif not isinstance(node, Function):
            yield from classes(ast.iter_child_nodes(node))


def code_lines(module: Module) -> int:
    """Count the lines that hold code: neither blank nor comment nor docstring."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type not in LAYOUT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and type(first.value.value) is str:
                lines.difference_update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return len(lines)


def is_one(node: ast.AST) -> bool:
    """Return whether a loop or a comprehension calls what it holds `one`."""
    if not isinstance(node, ast.For | ast.comprehension):
        return False
    return any(isinstance(name, ast.Name) and name.id == "one" for name in ast.walk(node.target))


def at_rest(root: Path) -> Iterator[Measure]:
    """Measure what the source says."""
    modules = read(root)
    graph = imports(modules)
    ours = {name: module for name, module in modules.items() if not module.in_sandbox}

    yield Measure("files, sandbox left out", str(len(ours)))
    folders = Counter(str(module.path.parent.relative_to(root)) for module in ours.values())
    flat = [f"{count:>5} {folder}" for folder, count in folders.most_common()]
    yield Measure("files in the largest flat folder", str(max(folders.values())), flat)

    loops = [
        f"{name}:{node.target.lineno}"
        for name, module in ours.items()
        for node in ast.walk(module.tree)
        if is_one(node)
    ]
    yield Measure("loops over `one`", str(len(loops)), loops)

    top = [path.name for path in sorted(root.glob("*.py"))]
    yield Measure("files at the root", str(len(top)), top)

    found = circles(graph)
    told = [f"{len(circle)} modules: {', '.join(circle)}" for circle in found]
    yield Measure("circles of files", str(len(found)), told)
    yield Measure("  modules in them", str(sum(map(len, found))))

    local = local_imports(modules)
    everywhere = [line for lines in local.values() for line in lines]
    yield Measure("function-local imports of own modules", str(len(everywhere)), everywhere)
    yield Measure("  outside the sandbox", str(sum(len(local[name]) for name in ours)))

    homes: dict[str, set[str]] = defaultdict(set)
    for name, module in ours.items():
        for cls in classes(module.tree.body):
            homes[cls].add(name)
    shared = [f"{home}: {', '.join(sorted(names))}" for home, names in sorted(homes.items()) if len(names) > 1]
    yield Measure("class names with several meanings", str(len(shared)), shared)

    small = {}
    for name, module in modules.items():
        importers = [other for other, targets in graph.items() if name in targets]
        length = len(module.text.splitlines())
        if module.path.stem not in ("__init__", "__main__") and length < SMALL and len(importers) == 1:
            small[name] = f"{name}: {length} lines, for {importers[0]}"
    yield Measure(f"modules under {SMALL} lines with one importer", str(len(small)), list(small.values()))
    yield Measure("  outside the sandbox", str(len(small.keys() & ours.keys())))

    lines = {name: code_lines(module) for name, module in ours.items()}
    largest = [f"{count:>5} {name}" for name, count in Counter(lines).most_common()]
    yield Measure("code lines, sandbox left out", f"{sum(lines.values()):,}", largest)


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
