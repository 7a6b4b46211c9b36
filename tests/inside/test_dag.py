"""The drawing of a run."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from zenpro_nb.pictures.dag import Dag


def answer(nodes: list[tuple[str, str, str]], edges: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "status": "failed",
        "nodes": [
            {"node_id": key, "type": kind, "name": key, "metadata": {"status": status, "duration": 1.25}}
            for key, kind, status in nodes
        ],
        "edges": [{"source": start, "target": end} for start, end in edges],
    }


def test_each_step_is_below_its_dependencies() -> None:
    nodes = [("train", "step", "failed"), ("rows", "artifact", ""), ("load", "step", "completed")]
    dag = Dag.of("run", answer(nodes, [("load", "rows"), ("rows", "train")]))
    assert [[node.name for node in layer] for layer in dag.layers] == [["load"], ["rows"], ["train"]]
    assert repr(dag).splitlines() == [
        "run: failed",
        "  ✓ load (completed, 1.2 s)",
        "      → rows, for train",
        "  ✗ train (failed, 1.2 s)",
    ]


def test_it_is_sound_xml_whatever_the_names_are() -> None:
    nodes = [('<script>alert("x")</script>', "step", "completed"), ("b&b" * 20, "artifact", "")]
    drawing = Dag.of("<run>", answer(nodes, [(nodes[0][0], nodes[1][0])]))._repr_html_()
    root = ElementTree.fromstring(drawing)  # noqa: S314 - our own
    assert "<script>" not in drawing
    assert root.attrib["role"] == "img"
    assert root.findtext("{*}title") == "Graph of <run>, failed: 2 nodes"
    assert root.findtext("{*}desc") == '<script>alert("x")</script>: completed, 1.2 s.'
    assert len(root.findall(".//{*}rect")) == 2


def test_a_circle_and_an_empty_graph_end() -> None:
    circle = Dag.of("run", answer([("a", "step", ""), ("b", "step", "")], [("a", "b"), ("b", "a"), ("a", "gone")]))
    assert len(circle.edges) == 2
    ElementTree.fromstring(circle.svg())  # noqa: S314
    empty = Dag.of("run", {})
    assert repr(empty) == "run: unknown"
    ElementTree.fromstring(empty.svg())  # noqa: S314
