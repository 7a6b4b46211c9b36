"""Display the answer about one principal as a card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenpro_nb import frames
from zenpro_nb.access.effective.answers import AccessAnswer
from zenpro_nb.ui.cards import Block, Card
from zenpro_nb.ui.cells import Cell, TableColumn

if TYPE_CHECKING:
    import pandas as pd

ANSWER_CARD = "access-answer"
_FACTS = "access_answer"
_COLUMNS = ("workspace", "project_id", "verdict", "reason")


def answer_facts(answer: AccessAnswer, line: str, suffix: str = "") -> dict[str, Any]:
    """Return the facts about an answer for the attrs of its DataFrame.

    Args:
        answer: the answer.
        line: the word before a command: `%zenpro` or `zenpro`.
        suffix: the words after each command, such as the organization.
    """
    links = [[link.missing, " ".join(filter(None, [line, link.command, suffix]))] for link in answer.links]
    of_organization = suffix if answer.activation.startswith("service-accounts") else ""  # accounts are global
    activation = [line, answer.activation, of_organization] if answer.activation else []
    paths = {
        "paths": list(answer.paths),
        "present": list(answer.present),
        "links": links,
        "exception": answer.exception,
        "activation": " ".join(filter(None, activation)),
    }
    return {frames.ANSWER: answer.sentence, _FACTS: {"verdict": answer.verdict, **paths}}


def _card(frame: pd.DataFrame) -> Card | None:
    """Return the card; None for a DataFrame that is not the whole answer."""
    facts = frames.facts(frame)
    answer = facts.get(_FACTS)
    if not isinstance(answer, dict) or facts.get("rows") != len(frame):
        return None
    rows = _with_label("path", answer["paths"])
    if not answer["paths"]:
        rows += _with_label("has there", answer["present"] or ["no role"])
        rows += _with_label("except", [answer["exception"]] if answer["exception"] else [])
    rows += _with_label("activate it first", [f"`{answer['activation']}`"] if answer.get("activation") else [])
    for at, (missing, command) in enumerate(answer["links"]):
        rows += [("or missing" if at else "missing", missing), ("to grant it", f"`{command}`")]
    sentence = frames.answer_of(frame)
    blocks = [Block("by workspace", list(_columns(frame)))] if len(frame) > 1 else []
    notes = frames.foot_parts(frame)[0 if len(frame) else 1 :]  # without "0 verdicts": the answer is not empty
    return Card(title=sentence, rows=rows, blocks=blocks, notes=notes)


def _with_label(label: str, values: list[str]) -> list[tuple[str, str | Cell]]:
    return [(label if at == 0 else "", value) for at, value in enumerate(values)]


def _columns(frame: pd.DataFrame) -> list[TableColumn]:
    names = [name for name in _COLUMNS if name in frame.columns and frame[name].notna().any()]
    columns = frames.whole_columns(frame[names])
    return [column for column in columns if column.name in names]


def _html(frame: pd.DataFrame) -> str | None:
    card = _card(frame)
    return None if card is None else card.html()


def _text(frame: pd.DataFrame, width: int | None) -> str | None:
    card = _card(frame)
    return None if card is None else card.text(width)


frames.register_view(ANSWER_CARD, frames.View(html=_html, text=_text))
