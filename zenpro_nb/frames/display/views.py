"""A DataFrame as HTML and as text: as a table, or in the view that its attrs name.

A command with its own view registers it and sets its name in `attrs["zenpro"]["view"]`. A view that is not registered
in a session is shown as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.frames.attrs import answer_of, folded_of
from zenpro_nb.frames.attrs import facts as facts_of
from zenpro_nb.frames.display import card, foot
from zenpro_nb.frames.display.excerpt import Excerpt, every_row, excerpt, few_rows, without
from zenpro_nb.frames.display.project_names import Names, named_text, with_project_names
from zenpro_nb.frames.rows import Rows
from zenpro_nb.security import printable
from zenpro_nb.syntax.sentences import capitalized
from zenpro_nb.ui import markup, page, tables
from zenpro_nb.ui.cards import Card
from zenpro_nb.ui.cells import TableColumn
from zenpro_nb.ui.folding import fold, ids_last, total_width
from zenpro_nb.ui.wrapping import wrap

if TYPE_CHECKING:
    import pandas as pd


class View(Struct, frozen=True):
    """A way to show a DataFrame.

    Attributes:
        html: returns the DataFrame as HTML, without the shared stylesheet.
        text: returns it as text, for a terminal of this width. Both can return None: the DataFrame, for example a
            derived one, is then shown as a table.
        dress: changes that table: adds tones to cells, and notes to the foot line.
        folds: if the table is wider than the page, columns are folded away; otherwise it scrolls, or `dress` folds.
        documents: functions that return the DataFrame as a document, by file suffix: `.md`. They return None for a
            derived DataFrame without one.
        stand_in: returns a DataFrame to show in its place, such as one with fewer rows; None shows it as it is.
        tones: the tones of the parts of the foot line, by the words after their number: `to add`.
        in_terminal: returns the columns for a terminal of this width, which cannot show hidden text on hover.
    """

    html: Callable[[pd.DataFrame], str | None] = lambda _: None
    text: Callable[[pd.DataFrame, int | None], str | None] = lambda _frame, _width: None
    dress: Callable[[pd.DataFrame, Excerpt], Excerpt] = lambda _, content: content
    folds: bool = True
    documents: Mapping[str, Callable[[pd.DataFrame], str | None]] = field(default_factory=dict)
    stand_in: Callable[[pd.DataFrame], pd.DataFrame | None] = lambda _: None
    tones: Mapping[str, str] = field(default_factory=dict)
    in_terminal: Callable[[Sequence[TableColumn], int | None], Sequence[TableColumn]] = lambda columns, _: columns


_TABLE = View()
_NO_NAMES: Names = {}


_VIEWS: dict[str, View] = {card.VIEW: View(card.html, card.text)}


def register_view(name: str, view: View) -> None:
    """Register the view for DataFrames whose `attrs["zenpro"]["view"]` is this name."""
    _VIEWS[name] = view


def html(frame: pd.DataFrame, *, width: int = limits.FRAME_WIDTH, names: Names = _NO_NAMES) -> str | None:
    """Return a DataFrame of zenpro as HTML; None if HTML is switched off in pandas.

    Args:
        frame: the DataFrame, complete or derived.
        width: the maximum width in characters, beyond which columns are folded away; 0 for no limit.
        names: names of projects by id, shown in place of the ids.
    """
    import pandas as pd  # already imported: `frame` is a DataFrame

    if not pd.get_option("display.notebook_repr_html"):
        return None
    frame = _visible_part(frame)
    body = view_of(frame).html(frame)
    if body is None:
        body = _table(frame, width, names) if len(frame) else _answer(frame).html()
    else:
        body = _named_html(body, names)
    return markup.look(body)


def text(
    frame: pd.DataFrame,
    width: int | None,
    *,
    color: bool = False,
    names: Names = _NO_NAMES,
    terminal: bool = False,
) -> str:
    """Return a DataFrame of zenpro as text, with as many rows as the options of pandas allow.

    Args:
        frame: the DataFrame.
        width: of the terminal.
        color: whether the terminal supports colors, see `ui.colors`.
        names: as for `html`.
        terminal: whether it is printed in a terminal, where the line below the table is wrapped.
    """
    frame = _visible_part(frame)
    view = view_of(frame)
    content = view.text(frame, width)
    if content is not None:
        return named_text(content, names)
    if not len(frame):
        return _answer(frame).text(width)
    part = view.dress(frame, few_rows(frame))
    columns = view.in_terminal(with_project_names(part.columns, names), width)
    lines, hidden = tables.table(columns, width, color=color)
    line = f"[{' · '.join(foot_of(frame, replace(part, folded_columns=[*part.folded_columns, *hidden])))}]"
    return f"{lines}\n{wrap(line, width if terminal else None)}"


def whole_text(
    frame: pd.DataFrame | Rows, width: int | None, *, color: bool = False, names: Names = _NO_NAMES
) -> tuple[str, list[str]]:
    """Return all rows as text, and the names of the columns that do not fit. The arguments are those of `text`."""
    if not isinstance(frame, Rows):
        frame = _visible_part(frame)
    view = view_of(frame)
    if isinstance(frame, Rows):
        card_text = card.text(frame, width) if view is _VIEWS[card.VIEW] else None
        columns = every_row(frame, index=False) if card_text is None else []
    else:
        card_text = view.text(frame, width)
        columns = every_row(frame, index=frame.index.name is not None) if card_text is None else []
        columns = list(view.dress(frame, Excerpt(columns, [], len(frame), len(frame))).columns) if columns else []
    if card_text is not None:
        return named_text(card_text, names), []
    columns = with_project_names(without(columns, folded_of(frame)), names)
    return tables.table(view.in_terminal(columns, width), width, color=color)


def view_text(frame: pd.DataFrame | Rows, width: int | None) -> str | None:
    """Return what the view of a DataFrame prints instead of a table; None if it prints a table."""
    return None if isinstance(frame, Rows) else view_of(frame).text(frame, width)


def document(frame: pd.DataFrame, suffix: str) -> str | None:
    """Return the DataFrame as a document of this file type; None if its view has none."""
    make = view_of(frame).documents.get(suffix)
    return None if make is None else make(frame)


def foot_line(frame: pd.DataFrame | Rows, *, folded: bool = True) -> str:
    """Return a line about the source of the DataFrame, from its attrs; "" without attrs.

    Args:
        folded: whether it names the columns that are folded away at any width.
    """
    return " · ".join(foot_parts(frame, folded=folded))


def foot_parts(frame: pd.DataFrame | Rows, *, folded: bool = True) -> list[str]:
    """Return the parts of `foot_line`."""
    facts = foot.named_filters(frame, facts_of(frame))
    return (
        foot.parts(facts, rows=len(frame), total=len(frame), folded_columns=folded_of(frame) if folded else ())
        if facts
        else []
    )


def foot_html(parts: list[str], tones: Mapping[str, str] | None = None) -> str:
    """Return the foot line as HTML, with a badge for the sandbox and the tones of `View`."""
    return markup.foot(foot_parts_html(parts, tones))


def foot_parts_html(parts: list[str], tones: Mapping[str, str] | None = None) -> list[str]:
    """Return the parts of the foot line as HTML."""
    return [_foot_part(part, (tones or {}).get(part.partition(" ")[2], "")) for part in parts]


def _foot_part(part: str, tone: str) -> str:
    if part == foot.SANDBOX:
        return markup.pill(part)
    return markup.with_tone(part, tone) if tone else printable.markup(part)


def _answer(frame: pd.DataFrame) -> Card:
    """Return the sentence that takes the place of a table without rows, with the line about its source."""
    answer = answer_of(frame) or "no rows"
    end = "" if answer.endswith(("?", ".")) else "."
    title = f"{capitalized(answer)}{end}"
    return Card(title=title, rows=(), notes=foot_of(frame, Excerpt([], [], 0, 0)), sentence=True)


def _named_html(body: str, names: Names) -> str:
    return named_text(body, {key: printable.markup(name) for key, name in names.items()})


def _table(frame: pd.DataFrame, width: int, names: Names) -> str:
    """Return the table with the line below it. Columns are folded away by the page, and beyond `width` here."""
    import pandas as pd

    view = view_of(frame)
    part = view.dress(frame, excerpt(frame))
    part = replace(part, columns=with_project_names(part.columns, names))
    most = pd.get_option("display.max_columns")
    if not view.folds or not width or most is None or most > limits.FRAME_COLUMNS:
        return f'<div class="zp-scroll">{markup.table(part.columns)}</div>{foot_html(foot_of(frame, part), view.tones)}'
    columns = part.columns if total_width(part.columns) <= limits.PAGE_NARROW else ids_last(part.columns)
    visible, hidden = fold(columns, width)
    others = [*(column.name for column in hidden), *part.folded_columns]
    parts = foot_parts_html(foot_of(frame, replace(part, folded_columns=())), view.tones)
    return page.fit(visible, parts, lambda more: printable.markup(foot.more([*more, *others])))


def foot_of(frame: pd.DataFrame, part: Excerpt) -> list[str]:
    """Return the parts of the line below an excerpt."""
    facts = foot.named_filters(frame, facts_of(frame))
    if view_of(frame).tones and part.notes:  # the notes already contain the numbers of the summary
        facts = {name: value for name, value in facts.items() if name != "summary"}
    first, *rest = foot.parts(facts, rows=part.rows, total=part.total, folded_columns=part.folded_columns)
    return [first, *part.notes, *rest]


def _visible_part(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the DataFrame that is shown in place of this one."""
    other = view_of(frame).stand_in(frame)
    return frame if other is None else other


def view_of(frame: pd.DataFrame | Rows) -> View:
    """Return the view of a DataFrame; that of a table if none is registered."""
    return _VIEWS.get(str(facts_of(frame).get("view", "")), _TABLE)
