"""What a form still wants from the person: fields to fill in, fields to look at, a name to type again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.commands.core.write import Write
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.forms.fields import RESULT, Field, Raw
from zenpro_nb.forms.messages import Note, Tone
from zenpro_nb.profiles import Settings

if TYPE_CHECKING:
    from zenpro_nb.forms.form import Form


def defaults(fields: Sequence[Field], settings: Settings, given: Mapping[str, Any]) -> dict[str, Raw]:
    """What the session says about fields that nobody has filled in. What a command is about is never guessed."""
    known = {"org": settings.organization, "workspace": settings.workspace, "out": RESULT}
    open_ones = [field for field in fields if not field.required and not field.several and not given.get(field.name)]
    return {field.name: known[field.name] for field in open_ones if known.get(field.name)}


def preview(form: Form) -> Note:
    """What stands in place of the request before it has been worked out."""
    if missing := [field.label for field in form.shown if form.needs(field) and not form.values[field.name]]:
        return Note(f"Fill in {' and '.join(missing)} to see the request.")
    if wrong := form.problems:
        return request_later(form, wrong)
    return Note("working out the request …", Tone.BUSY)


def request_later(form: Form, names: Iterable[str]) -> Note:
    """The preview while fields are wrong."""
    return Note(f"Look at {' and '.join(form.field(name).label for name in names)} to see the request.")


def look_at(form: Form, names: Iterable[str]) -> Note:
    """The status line when fields are wrong."""
    return Note(f"Please look at: {', '.join(form.field(name).label for name in names)}.", Tone.BAD)


def unconfirmed(form: Form) -> Note:
    """The status line when the name was not typed again."""
    return Note(f"Nothing was sent. Type {form.confirmation} to confirm.", Tone.BAD)


def question(command: WriteCommand, writes: Sequence[Write] | None) -> str:
    """What is asked before something is destroyed or disabled; empty where nothing is."""
    if writes is None:
        return "Type the name again, so that it is not the wrong one." if command.destructive else ""
    questions = [write.question for write in writes if write.question]
    more = f" And {len(questions) - 1} more like it?" if len(questions) > 1 else ""
    return questions[0] + more if questions else ""


def target(fields: Sequence[Field], values: Mapping[str, Raw]) -> str:
    """What the form is about, by name: its first argument, else the first thing that is named in it."""
    named = [field for field in fields if values[field.name] and field.name != "org"]
    arguments = [field for field in named if isinstance(field.param, click.Argument)]
    for field in arguments or [field for field in named if field.noun]:
        value = values[field.name]
        held = value if isinstance(value, list) else [str(value)]
        return held[0] if len(held) == 1 else f"{len(held)} {field.label.lower()}"
    return ""
