"""The pages that `docs` finds: each title with its address, which is a link in a notebook if it can be opened there."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from zenpro_nb import frames
from zenpro_nb.security import printable
from zenpro_nb.security.printable import markup

if TYPE_CHECKING:
    import pandas as pd

VIEW = "pages"
_COLUMNS = {"title", "address"}


def link_to(address: str, folder: Path) -> str:
    """Return the target of a link: a web address, or a file in the folder of the notebook; "" for other files.

    A browser does not open a file from a page of Jupyter, but Jupyter itself opens files below the notebook.

    >>> link_to("https://pages.example.com/how-to/offboard.html", Path("/home/me"))
    'https://pages.example.com/how-to/offboard.html'
    >>> link_to("/home/me/my docs/a.md", Path("/home/me")), link_to("/opt/docs/a.md", Path("/home/me"))
    ('my%20docs/a.md', '')
    """
    if address.startswith(("https://", "http://")):
        return address
    path = Path(address)
    return quote(path.relative_to(folder).as_posix()) if path.is_relative_to(folder) else ""


def _pages(frame: pd.DataFrame) -> Iterator[tuple[str, str]]:
    if set(frame.columns) >= _COLUMNS:
        yield from zip(frame["title"].astype(str), frame["address"].astype(str), strict=True)


def _html(frame: pd.DataFrame) -> str | None:
    rows = []
    for title, address in _pages(frame):
        target, place = link_to(address, Path.cwd()), f'<span class="zp-q">{markup(address)}</span>'
        name = f'<a href="{escape(target)}" target="_blank" rel="noopener noreferrer">{markup(title)}</a>'
        rows.append(f"<div>{name if target else f'<b>{markup(title)}</b>'} {place}</div>")
    return "".join(rows) or None


def _text(frame: pd.DataFrame, width: int | None) -> str | None:
    return "\n".join(printable.words(f"{title}\n  {address}") for title, address in _pages(frame)) or None


frames.register_view(VIEW, frames.View(html=_html, text=_text))
