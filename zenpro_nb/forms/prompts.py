"""A form in a terminal: the same fields, asked one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from zenpro_nb import limits
from zenpro_nb.errors import ConfirmationError
from zenpro_nb.forms.fields import Field, FieldKind, Raw, about, plain_help
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.messages import request_text
from zenpro_nb.forms.presentation import ShownText
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.ui import console


def ask(form: Form, ctx: CommandContext) -> Any:
    """Ask question by question, show the request and the line, and carry it out with the terminal's own patience.

    Raises:
        ConfirmationError: the answer to the last question was no; nothing was sent.
        ZenProError: what the command raises.
    """
    form.open()
    try:
        return _asked(form, ctx)
    except click.Abort:
        raise KeyboardInterrupt from None
    finally:
        form.close()


def _asked(form: Form, ctx: CommandContext) -> Any:
    ui = ctx.ui
    invented = " (a sandbox with invented data)" if form.is_sandbox else ""
    ui.say(f"{about(form.command)[0]} — {form.server}{invented}")
    asked: set[str] = set()
    _ask_fields(form, lambda field: form.needs(field) or field.name in form.unmet, asked)
    if any(field.name not in asked for field in form.shown) and console.confirm("More options?", default=False):
        _ask_fields(form, lambda field: True, asked)
    writes = form.writes = form.command.previewed(ctx, form.given())
    ui.say(request_text(writes))
    ui.say(form.line)
    _confirm(form)
    return form.command.carry_out(ctx, writes, {**form.given(), "yes": True}, form.spelled())


def _ask_fields(form: Form, wanted: Callable[[Field], bool], asked: set[str]) -> None:
    """Ask for the fields that are wanted; an answer may make others appear, so that they are looked at again."""
    while field := next((field for field in form.shown if field.name not in asked and wanted(field)), None):
        asked.add(field.name)
        form.set(field.name, _answer(form, field))
        while wrong := _wrong(form, field):
            console.say(form.presentation.text(f"  {wrong}"))
            form.set(field.name, _answer(form, field))


def _wrong(form: Form, field: Field) -> str:
    """Return what is wrong with the answer, with some that would be right."""
    known = form.choices.offer(field, "") if field.noun and form.values[field.name] else None
    wrong = form.problems.get(field.name, "")
    if wrong and known:
        some = ", ".join(choice.pseudonym or choice.value for choice in known.choices[: limits.LISTED])
        return f"{wrong} There are {known.total}: {some}" + (" …" if known.total > limits.LISTED else "")
    return wrong


def _answer(form: Form, field: Field) -> Raw:
    held = form.values[field.name]
    text = plain_help(field.help)
    if text:
        console.say(f"  {text}")
    if field.kind is FieldKind.FLAG:
        return console.confirm(field.label, default=bool(held))
    if field.kind is FieldKind.TRISTATE:
        word = console.prompt(field.label, "leave", click.Choice(["yes", "no", "leave"]))
        return {"yes": True, "no": False, "leave": None}[word]
    line = ShownText(form.presentation)
    default = line.shown(", ".join(held) if isinstance(held, list) else str(held or ""))
    hint = " (several with commas between)" if field.several else ""
    options = f" [{'/'.join(field.choices)}]" if field.choices else ""
    answer = console.prompt(f"{field.label}{options}{hint}", default if default or not form.needs(field) else None)
    text = line.read(str(answer).strip())
    if field.several:
        return [form.presentation.original(part.strip()) for part in text.split(",") if part.strip()]
    return form.presentation.original(text)


def _confirm(form: Form) -> None:
    """Ask the last question; where something is destroyed, its name must be typed again."""
    if form.question:
        console.say(form.presentation.text(form.question))
        wanted = form.presentation.text(form.confirmation)
        form.typed = str(console.prompt(f"Type {wanted} to confirm", "")).strip()
        sure = form.is_confirmed
    else:
        sure = console.confirm("Send it?", default=True)
    if not sure:
        raise ConfirmationError("Nothing was sent", hint="The line above does the same when you want it.")
