"""A frame as HTML and as text: as a table, or in the view that its attrs name.

A command that shows its frames in a way of their own puts the view's name into `attrs["zenpro"]["view"]`; who makes
such a view registers it. A view that nobody has registered, in a session that has not met it, is a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.frames.attrs import facts as facts_of
from zenpro_nb.frames.display import card, foot
from zenpro_nb.frames.display.excerpt import Excerpt, every_row, excerpt, few_rows
from zenpro_nb.frames.rows import Rows
from zenpro_nb.security import printable
from zenpro_nb.ui import markup, tables

if TYPE_CHECKING:
    import pandas as pd


class View(Struct, frozen=True):
    """One way to show a frame.

    Attributes:
        html: returns the frame as HTML, without the stylesheet, which all share.
        text: returns it as text, for a terminal of this width. Either may return None: then the frame, say a derived
            one, is shown as a table.
        dress: changes the table that is shown otherwise: gives cells their tones, says more at the foot.
        folds: a table that is wider than the page loses columns; else it is scrolled, or `dress` folds them.
        documents: the texts that the frame is as well, by the suffix of their files: `.md`. Each returns None for a
            derived frame that has none any more.
        tones: the tones of the foot's parts, by the words behind their number: `to add`.
    """

    html: Callable[[pd.DataFrame], str | None] = lambda _: None
    text: Callable[[pd.DataFrame, int | None], str | None] = lambda _frame, _width: None
    dress: Callable[[pd.DataFrame, Excerpt], Excerpt] = lambda _, shown: shown
    folds: bool = True
    documents: Mapping[str, Callable[[pd.DataFrame], str | None]] = field(default_factory=dict)
    tones: Mapping[str, str] = field(default_factory=dict)


_TABLE = View()


_VIEWS: dict[str, View] = {card.VIEW: View(card.html, card.text)}


def register_view(name: str, view: View) -> None:
    """Let frames whose `attrs["zenpro"]["view"]` is this name be shown so."""
    _VIEWS[name] = view


def html(frame: pd.DataFrame, *, width: int = limits.FRAME_WIDTH) -> str | None:
    """Return a frame of ours as HTML; None where pandas is told to show no HTML.

    Args:
        frame: what is shown, complete or derived.
        width: characters beyond which columns are folded away; 0 folds none.
    """
    import pandas as pd  # there is a DataFrame

    if not pd.get_option("display.notebook_repr_html"):
        return None
    body = _view_of(frame).html(frame)
    return markup.look(_table(frame, width) if body is None else body)


def text(frame: pd.DataFrame, width: int | None) -> str:
    """Return a frame of ours as text, as many rows as pandas' options allow.

    Args:
        frame: what is shown.
        width: of the terminal.
    """
    view = _view_of(frame)
    shown = view.text(frame, width)
    if shown is not None:
        return shown
    part = view.dress(frame, few_rows(frame))
    lines, left = tables.table(part.columns, width)
    return f"{lines}\n[{' · '.join(_foot(frame, replace(part, folded=left)))}]"


def whole_text(frame: pd.DataFrame | Rows, width: int | None) -> tuple[str, list[str]]:
    """Return all rows of a frame as text, and the names of the columns for which there is no room."""
    if isinstance(frame, Rows):
        shown = card.text(frame, width) if _view_of(frame) is _VIEWS[card.VIEW] else None
        return (shown, []) if shown is not None else tables.table(every_row(frame, index=False), width)
    view = _view_of(frame)
    shown = view.text(frame, width)
    if shown is not None:
        return shown, []
    columns = every_row(frame, index=frame.index.name is not None)
    return tables.table(view.dress(frame, Excerpt(columns, [], len(frame), len(frame))).columns, width)


def document(frame: pd.DataFrame, suffix: str) -> str | None:
    """Return the frame as the text that a file of this suffix holds; None where it is none."""
    make = _view_of(frame).documents.get(suffix)
    return None if make is None else make(frame)


def foot_line(frame: pd.DataFrame | Rows) -> str:
    """Return what the frame's attrs say about its reading, in a line; "" where they say nothing."""
    return " · ".join(foot_parts(frame))


def foot_parts(frame: pd.DataFrame | Rows) -> list[str]:
    """Return the parts of `foot_line`."""
    facts = facts_of(frame)
    return foot.parts(facts, rows=len(frame), total=len(frame)) if facts else []


def foot_html(parts: list[str], tones: Mapping[str, str] | None = None) -> str:
    """Return the foot line as HTML, with a sign for the sandbox, and with tones as `View` has them."""
    return markup.foot([_foot_part(part, (tones or {}).get(part.partition(" ")[2], "")) for part in parts])


def _foot_part(part: str, tone: str) -> str:
    if part == foot.SANDBOX:
        return markup.pill(part)
    return markup.toned(part, tone) if tone else printable.markup(part)


def _table(frame: pd.DataFrame, width: int) -> str:
    view = _view_of(frame)
    part = view.dress(frame, excerpt(frame, width if view.folds else 0))
    return f'<div class="zp-scroll">{markup.table(part.columns)}</div>{foot_html(_foot(frame, part), view.tones)}'


def _foot(frame: pd.DataFrame, part: Excerpt) -> list[str]:
    facts = facts_of(frame)
    if _view_of(frame).tones and part.notes:  # the sums stand there one by one
        facts = {name: value for name, value in facts.items() if name != "summary"}
    first, *rest = foot.parts(facts, rows=part.rows, total=part.total, folded=part.folded)
    return [first, *part.notes, *rest]


def _view_of(frame: pd.DataFrame | Rows) -> View:
    return _VIEWS.get(str(facts_of(frame).get("view", "")), _TABLE)
