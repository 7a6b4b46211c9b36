"""A tree: as text with drawn branches, and as nested lists in HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from zenpro_nb.security.printable import cell, markup


class Branch(Struct, frozen=True):
    """A line with the branches below it.

    Attributes:
        text: the content.
        strong: the emphasized words before the text.
        note: a muted addition after the text.
        children: the branches below.
    """

    text: str = ""
    strong: str = ""
    note: str = ""
    children: Sequence[Branch] = ()

    @property
    def words(self) -> list[str]:
        """Return the parts that are not empty, printable."""
        return [cell(part) for part in (self.strong, self.text, self.note) if part]


def text(root: Branch) -> str:
    """Return the tree as lines.

    >>> print(text(Branch(strong="ada", children=[Branch("directly", children=[Branch("Viewer")]), Branch("owner")])))
    ada
    ├─ directly
    │  └─ Viewer
    └─ owner
    """
    return "\n".join([" ".join(root.words), *_lines(root, "")])


def _lines(branch: Branch, before: str) -> Iterator[str]:
    for child in branch.children:
        last = child is branch.children[-1]
        yield f"{before}{'└─' if last else '├─'} {' '.join(child.words)}"
        yield from _lines(child, before + ("   " if last else "│  "))


def html(root: Branch) -> str:
    """Return the tree as HTML, without the stylesheet.

    >>> html(Branch(strong="<ada>", children=[Branch("owner")]))
    '<div class="zp-tree"><b>&lt;ada&gt;</b><ul><li>owner</li></ul></div>'
    """
    return f'<div class="zp-tree">{_item(root)}</div>'


def _item(branch: Branch) -> str:
    parts = [f"<b>{markup(branch.strong)}</b>" if branch.strong else "", markup(branch.text) if branch.text else ""]
    parts += [f'<span class="zp-q">{markup(branch.note)}</span>' if branch.note else ""]
    inner = "".join(f"<li>{_item(child)}</li>" for child in branch.children)
    return " ".join(part for part in parts if part) + (f"<ul>{inner}</ul>" if inner else "")
