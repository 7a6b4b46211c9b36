"""How the source of the package is divided into files: the measures of `house.py` at rest."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = "zenpro_nb"
SANDBOX = f"{PACKAGE}.sandbox"
SMALL = 60
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
