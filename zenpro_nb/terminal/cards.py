"""A small table of facts that reads well as HTML in a notebook and as text in a terminal."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """Pairs of a label and a value, and the lines to type next."""

    title: str
    rows: Sequence[tuple[str, str]]
    next_steps: Sequence[str] = ()

    def __repr__(self) -> str:
        width = max(len(label) for label, _ in [*self.rows, ("try next", "")])
        lines = [self.title, *(f"  {label:<{width}}  {value}" for label, value in self.rows)]
        labels = ["try next", *[""] * len(self.next_steps)]
        lines += [f"  {label:<{width}}  {step}" for label, step in zip(labels, self.next_steps, strict=False)]
        return "\n".join(lines)

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        printer.text(repr(self))  # type: ignore[attr-defined]

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(label)}</th>"
            f"<td style='text-align:left'>{html.escape(value)}</td></tr>"
            for label, value in self.rows
        )
        steps = " · ".join(f"<code>{html.escape(step)}</code>" for step in self.next_steps)
        if steps:
            rows += f"<tr><th style='text-align:left'>try next</th><td style='text-align:left'>{steps}</td></tr>"
        return f"<table><caption style='text-align:left'><b>{html.escape(self.title)}</b></caption>{rows}</table>"
