"""The common parts of all drawings: SVG for light and dark pages, with a title and description for screen readers.

Texts and axes use the color of the page's text. The colors of states are distinguishable on white and black pages, and
always accompanied by a word.
"""

from __future__ import annotations

from collections.abc import Iterable

from zenpro_nb.security.printable import markup
from zenpro_nb.ui.wrapping import wrap

# In stacking order: the states that people look for are at the bottom, where bars are easy to compare.
COLORS = {
    "failed": "#c62828",
    "stopping": "#8d6e00",
    "stopped": "#8d6e00",
    "cancelling": "#8d6e00",
    "cancelled": "#8d6e00",
    "running": "#1976d2",
    "cached": "#78909c",
    "completed": "#43a047",
    # The changes of `diff`, in the colors of its table.
    "removed": "#c62828",
    "changed": "#8d6e00",
    "added": "#43a047",
}
PLAIN = "#7d7d7d"
# the background of a text that lines may cross
PAPER = "var(--jp-layout-color0, var(--vscode-editor-background, transparent))"
FONT_SIZE = 12
_BASELINE, _SUBTITLE = 16, 18  # pixels: of the title, and between it and the subtitle
_LETTER = 6.5  # pixels: approximate width of a letter

_FILE_STYLE = 'style="background:#fff;color:#222"'


def document(
    width: int, height: int, title: str, description: str, parts: Iterable[str], *, for_file: bool = False
) -> str:
    """Return a drawing; `for_file` means that it is a file, with no page to take its colors from."""
    page = _FILE_STYLE if for_file else 'style="max-width:100%;height:auto"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="{FONT_SIZE}" {page}>'
        f"<title>{markup(title)}</title><desc>{markup(description)}</desc>{''.join(parts)}</svg>"
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal", opacity: float = 1) -> str:
    """Return a line of text in the text color of the page."""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-weight="{weight}" fill="currentColor" '
        f'fill-opacity="{opacity:g}">{markup(words)}</text>'
    )


def heading(x: float, title: str, subtitle: str, width: int) -> list[str]:
    """Return the title, and the subtitle below it, on as many lines as needed."""
    lines = enumerate(_lines(x, subtitle, width), start=1)
    return [
        text(x, _BASELINE, title, weight="bold"),
        *(text(x, _BASELINE + _SUBTITLE * number, line, opacity=0.8) for number, line in lines),
    ]


def subtitle_height(x: float, subtitle: str, width: int) -> int:
    """Return the height of the lines of the subtitle, if there is one."""
    return _SUBTITLE * len(_lines(x, subtitle, width))


def _lines(x: float, subtitle: str, width: int) -> list[str]:
    return wrap(subtitle, int((width - x) / _LETTER), indent="").splitlines()


def whole_title(title: str, subtitle: str) -> str:
    """Return both as one line.

    >>> whole_title("Runs by day, UTC", "only status=failed"), whole_title("Runs by day, UTC", "")
    ('Runs by day, UTC, only status=failed', 'Runs by day, UTC')
    """
    return ", ".join(filter(None, [title, subtitle]))


def indented(subtitle: str) -> list[str]:
    """Return the subtitle as a line of a drawing in characters, if there is one."""
    return [f"  {subtitle}"] if subtitle else []
