"""A drawing of `svg` as PNG, drawn by matplotlib: the rectangles, lines, and texts that our charts consist of."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from zenpro_nb.pictures import svg

_SCALE = 2  # pixels of the picture per pixel of the drawing: sharp on screens of high resolution
_DPI = 72  # a point is then a pixel, as in the drawing
_INK, _PAPER = "#222222", "#ffffff"
_MOVE = re.compile(r"M([-\d.]+),([-\d.]+)([Hh])([-\d.]+)")
_ANCHORS = {"start": "left", "middle": "center", "end": "right"}


def png(drawing: str) -> bytes:
    """Return a drawing of this package, saved as SVG, as a PNG picture on white paper."""
    from matplotlib import rc_context  # heavy, and only for this
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    root = fromstring(drawing)  # noqa: S314 - our own
    width, height = (float(root.get(side, "0")) for side in ("width", "height"))
    figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=_PAPER)
    FigureCanvasAgg(figure)
    with rc_context({"font.family": "sans-serif", "text.parse_math": False}):
        page: Any = figure.add_axes((0, 0, 1, 1))
        page.set_xlim(0, width)
        page.set_ylim(height, 0)  # as in SVG, y grows downwards
        page.axis("off")
        for element in root:
            kind = element.tag.rpartition("}")[2]
            if kind in _DRAW:
                _DRAW[kind](page, element)
        content = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about letters that no font of this machine has
            figure.savefig(content, format="png", dpi=_DPI * _SCALE, metadata={"Description": root[1].text or ""})
    return content.getvalue()


def _rectangle(page: Any, element: Element) -> None:
    from matplotlib.patches import Rectangle

    x, y, width, height = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
    page.add_patch(Rectangle((x, y), width, height, facecolor=_color(element.get("fill")), linewidth=0))


def _lines(page: Any, element: Element) -> None:
    opacity = float(element.get("stroke-opacity", "1"))
    for x, y, direction, end in _MOVE.findall(element.get("d", "")):
        right = float(end) + (float(x) if direction == "h" else 0)
        color = _color(element.get("stroke"))
        page.plot(
            (float(x), right), (float(y), float(y)), color=color, alpha=opacity, linewidth=1, solid_capstyle="butt"
        )


def _text(page: Any, element: Element) -> None:
    page.text(
        float(element.get("x", "0")),
        float(element.get("y", "0")),
        element.text or "",
        ha=_ANCHORS[element.get("text-anchor", "start")],
        va="baseline",
        fontsize=svg.FONT_SIZE * 0.95,  # DejaVu Sans is wider than the fonts of browsers
        fontweight=element.get("font-weight", "normal"),
        color=_INK,
        alpha=float(element.get("fill-opacity", "1")),
    )


def _color(value: str | None) -> str:
    return _INK if value in (None, "currentColor") else str(value)


_DRAW: dict[str, Callable[[Any, Element], None]] = {"rect": _rectangle, "path": _lines, "text": _text}
