"""A small table of facts that reads well as HTML in a notebook and as text in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zenpro_nb.security.printable import cell, markup


@dataclass(frozen=True)
class Card:
    """Pairs of a label and a value, and the lines to type next."""

    title: str
    rows: Sequence[tuple[str, str]]
    next_steps: Sequence[str] = ()

    def __repr__(self) -> str:
        rows = [(cell(label), cell(value)) for label, value in self.rows]
        labels = ["try next", *[""] * len(self.next_steps)]
        rows += [(label, cell(step)) for label, step in zip(labels, self.next_steps, strict=False)]
        width = max((len(label) for label, _ in rows), default=0)
        return "\n".join([cell(self.title), *(f"  {label:<{width}}  {value}" for label, value in rows)])

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        printer.text(repr(self))  # type: ignore[attr-defined]

    def _repr_html_(self) -> str:
        rows = [(markup(label), markup(value)) for label, value in self.rows]
        if self.next_steps:
            rows.append(("try next", " · ".join(f"<code>{markup(step)}</code>" for step in self.next_steps)))
        lines = "".join(
            f"<tr><th style='text-align:left'>{label}</th><td style='text-align:left'>{value}</td></tr>"
            for label, value in rows
        )
        title = markup(self.title)
        return f"<table><caption style='text-align:left'><b>{title}</b></caption>{lines}</table>"
