"""A form in a terminal: the same fields, asked one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from zenpro_nb import limits
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.write import Write
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.errors import ConfirmationError
from zenpro_nb.forms.background import Foreground
from zenpro_nb.forms.fields import Field, FieldKind, Raw, plain_help
from zenpro_nb.forms.form import Form


def ask(runtime: Runtime, command: WriteCommand, words: Sequence[str], given: Mapping[str, Any]) -> Any:
    """Ask question by question, show the request and the line, and carry it out.

    Raises:
        ConfirmationError: the answer to the last question was no; nothing was sent.
        ZenProError: what the command raises.
    """
    form = Form(command, words, runtime, Foreground(), given)
    form.open()
    try:
        return _asked(form, runtime)
    except click.Abort:
        raise KeyboardInterrupt from None
    finally:
        form.close()


def _asked(form: Form, runtime: Runtime) -> Any:
    from zenpro_nb.commands.core import results

    face = runtime.face
    face.say(f"{(form.command.help or '').partition('. ')[0].rstrip('.')} — {form.where}")
    asked: set[str] = set()
    _ask_fields(form, lambda field: form.needs(field), asked)
    if any(field.name not in asked for field in form.shown) and click.confirm("More options?", err=True):
        _ask_fields(form, lambda field: True, asked)
    writes = form.command.planned(runtime, form.given())
    face.say("\n\n".join(results.request_text(write) for write in writes))
    face.say(form.line)
    _confirm(form, writes)
    return form.command.carry_out(runtime, writes, {**form.given(), "yes": True}, form.spelled())


def _ask_fields(form: Form, wanted: Any, asked: set[str]) -> None:
    """Ask for the fields that are wanted; an answer may make others appear, so that they are looked at again."""
    while True:
        open_ones = [field for field in form.shown if field.name not in asked and wanted(field)]
        if not open_ones:
            return
        field = open_ones[0]
        asked.add(field.name)
        form.set(field.name, _answer(form, field))
        while wrong := _wrong(form, field):
            click.echo(f"  {wrong}", err=True)
            form.set(field.name, _answer(form, field))


def _wrong(form: Form, field: Field) -> str:
    """What is wrong with the answer, with some that would be right."""
    known = form.picking.offer(field, "") if field.noun and form.values[field.name] else None
    wrong = form.problems.get(field.name, "")
    if wrong and known:
        some = ", ".join(choice.value for choice in known.choices[: limits.LISTED])
        return f"{wrong} There are {known.total}: {some}" + (" …" if known.total > limits.LISTED else "")
    return wrong


def _answer(form: Form, field: Field) -> Raw:
    held = form.values[field.name]
    text = plain_help(field.help)
    if text:
        click.echo(f"  {text}", err=True)
    if field.kind is FieldKind.FLAG:
        return click.confirm(field.label, default=bool(held), err=True)
    if field.kind is FieldKind.TRISTATE:
        word = click.prompt(field.label, type=click.Choice(["yes", "no", "leave"]), default="leave", err=True)
        return {"yes": True, "no": False, "leave": None}[word]
    default = ", ".join(held) if isinstance(held, list) else held
    hint = " (several with commas between)" if field.several else ""
    options = f" [{'/'.join(field.choices)}]" if field.choices else ""
    answer = click.prompt(
        f"{field.label}{options}{hint}",
        default=default if default or not form.needs(field) else None,
        show_default=bool(default),
        err=True,
    )
    if field.several:
        return [part.strip() for part in str(answer).split(",") if part.strip()]
    return str(answer).strip()


def _confirm(form: Form, writes: Sequence[Write]) -> None:
    """The last question; where something is destroyed, its name must be typed again."""
    questions = [write.question for write in writes if write.question]
    if questions:
        click.echo(questions[0], err=True)
        typed = click.prompt(f"Type {form.watchword} to confirm", default="", show_default=False, err=True)
        sure = typed.strip() == form.watchword
    else:
        sure = click.confirm("Send it?", default=True, err=True)
    if not sure:
        raise ConfirmationError("Nothing was sent", hint="The line above does the same when you want it.")
