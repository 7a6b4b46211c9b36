"""The graph of a run: as SVG in a notebook, as lines of text in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from zenpro_nb.pictures import svg
from zenpro_nb.security.printable import cell, markup
from zenpro_nb.syntax.counts import counted

STEP = "step"

# The state also appears as a word, so no information depends on the color.
_SIGNS = {"completed": "✓", "cached": "≡", "failed": "✗", "running": "…"}

_WIDTH, _HEIGHT = 190, 44
_GAP_X, _GAP_Y, _EDGE, _BEND = 48, 40, 12, 44
_LETTERS = 22  # that fit into a box


class Node(Struct, frozen=True):
    """A step or an artifact."""

    key: str
    kind: str
    name: str
    status: str = ""
    seconds: float | None = None

    @property
    def words(self) -> str:
        """Return the text below the name."""
        if self.kind != STEP:
            return self.kind
        took = "" if self.seconds is None else f", {self.seconds:.1f} s"
        return f"{self.status or 'not run'}{took}"


class Dag(Struct, frozen=True):
    """The steps of a run, the artifacts between them, and their connections."""

    title: str
    status: str
    nodes: Sequence[Node]
    edges: Sequence[tuple[str, str]]
    layers: Sequence[Sequence[Node]] = field(default=())

    @classmethod
    def of(cls, title: str, answer: Mapping[str, Any]) -> Dag:
        """Return the graph in the server's response; unknown parts are skipped."""
        nodes = [_node(record) for record in answer.get("nodes") or () if isinstance(record, dict)]
        keys = {node.key for node in nodes}
        edges = [
            (str(record.get("source")), str(record.get("target")))
            for record in answer.get("edges") or ()
            if isinstance(record, dict) and {record.get("source"), record.get("target")} <= keys
        ]
        return cls(title, str(answer.get("status") or "unknown"), nodes, edges, _layers(nodes, edges))

    def __repr__(self) -> str:
        lines = [f"{self.title}: {self.status}"]
        names = {node.key: node for node in self.nodes}
        for node in (node for layer in self.layers for node in layer):
            if node.kind == STEP:
                lines.append(f"  {_SIGNS.get(node.status, '·')} {node.name} ({node.words})")
                lines += [f"      → {name}" for name in self._after(node, names)]
        return "\n".join(map(cell, lines))

    def _after(self, node: Node, names: Mapping[str, Node]) -> list[str]:
        """Return the names of the nodes after a node, each with the steps that use it."""
        found = []
        for source, target in self.edges:
            if source == node.key:
                takers = [names[end].name for start, end in self.edges if start == target]
                readers = f", for {', '.join(takers)}" if takers and names[target].kind != STEP else ""
                found.append(names[target].name + readers)
        return found

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def _repr_html_(self) -> str:
        return self.svg()

    def svg(self) -> str:
        """Return the drawing as SVG."""
        places = self._places()
        width = max([x + _WIDTH for x, _ in places.values()], default=_WIDTH) + _BEND
        height = max([y + _HEIGHT for _, y in places.values()], default=_HEIGHT) + _EDGE
        title = f"Graph of {self.title}, {self.status}: {counted(len(self.nodes), 'node')}"
        parts = [
            '<defs><marker id="zenpro-arrow" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">'
            f'<path d="M0,0 L8,4 L0,8 z" fill="{svg.PLAIN}"/></marker></defs>',
            *(_line(places[start], places[end]) for start, end in self.edges),
            *(_box(node, *places[node.key]) for node in self.nodes),
        ]
        return svg.document(width, height, title, self._description, parts)

    @property
    def _description(self) -> str:
        """Return the steps and their states, for people who cannot see the drawing."""
        steps = [f"{node.name}: {node.words}" for layer in self.layers for node in layer if node.kind == STEP]
        return f"{'; '.join(steps) or 'no steps'}."

    def _places(self) -> dict[str, tuple[int, int]]:
        """Return the upper left corner of each node: each layer is a row, and rows are centered."""
        widest = max([len(layer) for layer in self.layers], default=0)
        step = _WIDTH + _GAP_X
        return {
            node.key: (
                _EDGE + column * step + (widest - len(layer)) * step // 2,
                _EDGE + row * (_HEIGHT + _GAP_Y),
            )
            for row, layer in enumerate(self.layers)
            for column, node in enumerate(layer)
        }


def _node(record: Mapping[str, Any]) -> Node:
    facts = record.get("metadata") or {}
    seconds = facts.get("duration")
    return Node(
        str(record.get("node_id")),
        str(record.get("type")),
        str(record.get("name")),
        str(facts.get("status") or ""),
        float(seconds) if isinstance(seconds, int | float) else None,
    )


def _layers(nodes: Sequence[Node], edges: Sequence[tuple[str, str]]) -> list[list[Node]]:
    """Return the nodes by the length of the longest path to them; each is below everything it depends on."""
    depth = {node.key: 0 for node in nodes}
    # A graph of n nodes has no longer path; a cycle, which no run has, would also end here.
    for _ in nodes:
        has_moved = False
        for source, target in edges:
            if depth[target] < depth[source] + 1 <= len(nodes):
                depth[target], has_moved = depth[source] + 1, True
        if not has_moved:
            break
    layers: list[list[Node]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in nodes:
        layers[depth[node.key]].append(node)
    return [layer for layer in layers if layer]


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return the line from one box to another; a line that skips a layer passes the boxes there on their right."""
    (x, y), (to_x, to_y) = start, end
    if to_y - y > _HEIGHT + _GAP_Y:
        x, y, to_x, to_y = x + _WIDTH, y + _HEIGHT // 2, to_x + _WIDTH, to_y + _HEIGHT // 2
        curve = f"C{x + _BEND},{y} {to_x + _BEND},{to_y} {to_x},{to_y}"
    else:
        x, y, to_x = x + _WIDTH // 2, y + _HEIGHT, to_x + _WIDTH // 2
        middle = (y + to_y) // 2
        curve = f"C{x},{middle} {to_x},{middle} {to_x},{to_y}"
    return f'<path d="M{x},{y} {curve}" fill="none" stroke="{svg.PLAIN}" marker-end="url(#zenpro-arrow)"/>'


def _box(node: Node, x: int, y: int) -> str:
    color = svg.COLORS.get(node.status, svg.PLAIN)
    name = node.name if len(node.name) <= _LETTERS else node.name[: _LETTERS - 1] + "…"
    dashes = "" if node.kind == STEP else ' stroke-dasharray="4 3"'
    sign = f"{_SIGNS[node.status]} " if node.kind == STEP and node.status in _SIGNS else ""
    middle = x + _WIDTH // 2
    return (
        f"<g><title>{markup(f'{node.name}: {node.words}')}</title>"
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="{6 if node.kind == STEP else 20}" '
        f'style="fill:{svg.PAPER}" stroke="{color}" stroke-width="{2.5 if node.kind == STEP else 1}"{dashes}/>'
        f"{svg.text(middle, y + 18, name, anchor='middle')}"
        f"{svg.text(middle, y + 34, sign + node.words, anchor='middle', opacity=0.8)}</g>"
    )
