"""The list of forms on one screen: by task, each noun with its verbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from zenpro_nb import frames
from zenpro_nb.ui.cards import Card

if TYPE_CHECKING:
    import pandas as pd

VIEW = "forms"
_COLUMNS = {"form", "task"}
OTHER = "other objects"
# The tasks in the order of the list, with the first words of their forms.
TASKS: Mapping[str, tuple[str, ...]] = {
    "people join and leave": ("users", "invitations", "members"),
    "teams and roles": ("teams", "roles", "assignments"),
    "plans, reviews, undo": ("apply", "review", "reviews", "undo"),
    "keys and service accounts": ("api-keys", "service-accounts", "devices"),
    "workspaces and projects": ("workspaces", "projects"),
    "runs and schedules": ("runs", "snapshots", "schedules", "triggers", "webhooks"),
    "organization, your account": ("organizations", "me"),
}
_FIRST = ("onboard", "offboard", "assign", "add", "create")  # the verbs that people look for most


def task_of(form: str) -> str:
    """Return the task that a form belongs to.

    >>> task_of("users onboard"), task_of("planets create")
    ('people join and leave', 'other objects')
    """
    noun = form.split()[0]
    return next((task for task, nouns in TASKS.items() if noun in nouns), OTHER)


def position(form: str) -> tuple[int, int, int, str]:
    """Return the place of a form in the list: by task, noun, and verb."""
    noun, _, verb = form.partition(" ")
    tasks = [*TASKS, OTHER]
    task = task_of(form)
    nouns = TASKS.get(task, ())
    at = _FIRST.index(verb) if verb in _FIRST else len(_FIRST)
    return tasks.index(task), nouns.index(noun) if noun in nouns else 0, at, form


def _card(frame: pd.DataFrame) -> Card | None:
    """Return the list as a card; None for a DataFrame without its columns."""
    if not set(frame.columns) >= _COLUMNS or not len(frame):
        return None
    rows: dict[str, dict[str, list[str]]] = {}
    for task, form in zip(frame["task"], frame["form"], strict=True):
        noun, _, verb = str(form).partition(" ")
        rows.setdefault(str(task), {}).setdefault(noun, []).append(verb)
    ui = frames.facts(frame).get("ui", "%zenpro")
    return Card(
        title="Forms by task",
        rows=[(task, " · ".join(_sentence(*noun) for noun in nouns.items())) for task, nouns in rows.items()],
        next_steps=[f"{ui} form users onboard", f"{ui} form roles assign"],
        notes=[f"{len(frame)} forms"],
    )


def _sentence(noun: str, verbs: list[str]) -> str:
    """Return a noun with its verbs.

    >>> _sentence("teams", ["add", "create"]), _sentence("undo", [""])
    ('teams add, create', 'undo')
    """
    return f"{noun} {', '.join(verbs)}".strip()


def _html(frame: pd.DataFrame) -> str | None:
    card = _card(frame)
    return None if card is None else card.html()


def _text(frame: pd.DataFrame, width: int | None) -> str | None:
    card = _card(frame)
    return None if card is None else card.text(width)


frames.register_view(VIEW, frames.View(html=_html, text=_text))
