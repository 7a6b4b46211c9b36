"""A DataFrame as a table that the reader searches, sorts and pages in place, without a kernel: by itables.

Everything is in the output itself: the cells as in the plain display, a number by which each cell is sorted, and once
per page the JavaScript of itables, which is never downloaded.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import extras, limits
from zenpro_nb.frames.display.excerpt import Excerpt, sortable_rows
from zenpro_nb.frames.display.project_names import Names, with_project_names
from zenpro_nb.frames.display.views import foot_html, foot_of, view_of
from zenpro_nb.security.printable import markup
from zenpro_nb.ui import markup as html_of
from zenpro_nb.ui.cells import Cell, TableColumn
from zenpro_nb.ui.folding import ids_last

if TYPE_CHECKING:
    import pandas as pd

INTERACTIVE = "interactive"  # the extra
_CLASSES = "dataframe tex2jax_ignore mathjax_ignore"
# Sorts by the number of a cell, and searches and sorts the text that people see. `type` is the purpose of the data.
_RENDER = r"""function (data, type) {
  if (type === "display") return data;
  if (type === "sort" || type === "type") {
    const order = /^<span data-order="([^"]*)"/.exec(data);
    if (order) return Number(order[1]);
  }
  const page = new DOMParser().parseFromString(data, "text/html");
  return page.body.textContent;
}"""
_LAST = -1e300  # the number of a missing value: below all others


def can_be_interactive(frame: pd.DataFrame) -> bool:
    """Return whether the DataFrame is shown as a table: not a card, a tree or a heat map."""
    view = view_of(frame)
    return view.folds and view.html(frame) is None and bool(len(frame)) and bool(len(frame.columns))


def interactive_html(frame: pd.DataFrame, *, with_library: bool, names: Names) -> str:
    """Return the HTML of a DataFrame.

    Args:
        frame: any DataFrame with attrs of zenpro for which `can_be_interactive` is true.
        with_library: whether the output includes the JavaScript of itables, 1 MB, for this and other tables of a page.
        names: names of projects by id, shown in place of the ids.

    Raises:
        MissingExtraError: itables is not installed.
    """
    extras.load(INTERACTIVE, "An interactive table")
    import itables

    rows = min(len(frame), max(limits.INTERACTIVE_CELLS // len(frame.columns), limits.INTERACTIVE_ROWS))
    part = frame.iloc[:rows]
    has_index = any(name is not None for name in frame.index.names) or not _is_numbered(frame)
    excerpt = Excerpt(sortable_rows(part, index=has_index), [], rows, len(frame))
    excerpt = view_of(frame).dress(part, excerpt)
    columns = ids_last([column for column in with_project_names(excerpt.columns, names) if not column.empty])
    table = itables.to_html_datatable(
        _texts(columns),
        connected=False,
        allow_html=True,
        showIndex=False,
        show_dtypes=False,
        maxBytes=0,
        maxRows=0,
        maxColumns=0,
        classes=_CLASSES,
        style="width:auto;margin:0",
        display_logo_when_loading=False,
        columnDefs=_definitions(columns),
        layout={"topStart": "search", "topEnd": "pageLength", "bottomStart": "info", "bottomEnd": "paging"},
        lengthMenu=[10, 25, 50, 100],
        pageLength=10,
        order=[],
        scrollX=True,
        text_in_header_can_be_selected=False,
    )
    empty_columns = [column.name for column in excerpt.columns if column.empty]
    foot = foot_html(
        foot_of(frame, replace(excerpt, folded_columns=[*excerpt.folded_columns, *empty_columns])), view_of(frame).tones
    )
    library = f"<div hidden>{_library()}</div>" if with_library else ""
    return html_of.look(f'{library}<div class="zp-live">{table}</div>{foot}', interactive=True)


@cache
def _library() -> str:
    from pathlib import Path

    from itables import javascript, options

    return str(javascript.generate_init_offline_itables_html(Path(options.dt_bundle)))


def _is_numbered(frame: pd.DataFrame) -> bool:
    import pandas as pd

    return isinstance(frame.index, pd.RangeIndex)


def _texts(columns: list[TableColumn]) -> Any:
    """Return a DataFrame of HTML. Columns can have the same name, so their labels differ in blanks at the end."""
    import pandas as pd

    return pd.DataFrame(
        {
            f"{markup(column.name)}{' ' * at}": [_cell(cell) for cell in column.cells]
            for at, column in enumerate(columns)
        },
        dtype=object,
    )


def _cell(cell: Cell) -> str:
    """Return the HTML of a cell, with the number by which it is sorted and the exact value on hover."""
    hint = cell.hint or (cell.text if cell.short else "")
    order = cell.order if cell.order is not None or not cell.nothing else _LAST
    attributes = f' data-order="{order!r}"' if order is not None else ""
    attributes += f' title="{markup(hint)}"' if hint else ""
    classes = [*(["zp-q"] if cell.quiet else ()), *([f"zp-{cell.tone}"] if cell.tone else ())]
    attributes += f' class="{" ".join(classes)}"' if classes else ""
    content = html_of.cell(cell)
    return f"<span{attributes}>{content}</span>" if attributes else content


def _definitions(columns: list[TableColumn]) -> list[dict[str, Any]]:
    """Return the settings of the columns, in the words of DataTables."""
    from itables import JavascriptFunction

    every = {"targets": "_all", "render": JavascriptFunction(_RENDER)}
    return [
        every,
        *({"targets": [at], "className": " ".join(html_of.class_of(column))} for at, column in enumerate(columns)),
    ]
