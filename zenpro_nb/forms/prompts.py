"""A form in a terminal: one question per field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from zenpro_nb import limits
from zenpro_nb.errors import ConfirmationError
from zenpro_nb.forms.fields import Field, FieldKind, Raw, about
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.messages import at_least_one, request_text
from zenpro_nb.forms.presentation import ShownText
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.resources.nouns import words
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.ui import console
from zenpro_nb.ui.protocol import UI

# Lists with few names, which are read before the question; a list of all users can take long.
_SHORT_LISTS = ("organizations", "roles", "service-accounts", "teams", "workspaces")
_LISTED = (*_SHORT_LISTS, "invitations", "users")  # nouns whose list needs no further argument
_NOTHING = "-"  # the answer that clears an optional field


def ask(form: Form, ctx: CommandContext) -> Any:
    """Ask one question per field, show the request and the command, and run it with the terminal's timeouts.

    Raises:
        ConfirmationError: the user declined; nothing was sent.
        ZenProError: the command failed.
    """
    form.open()
    try:
        return _ask_and_run(form, ctx)
    except click.Abort:
        raise KeyboardInterrupt from None
    finally:
        form.close()


def _ask_and_run(form: Form, ctx: CommandContext) -> Any:
    ui = ctx.ui
    sandbox = " (a sandbox with made-up data)" if form.is_sandbox else ""
    ui.say(f"{about(form.command)[0]} — {form.server}{sandbox}")
    field_names: set[str] = set()
    _ask_fields(form, lambda field: form.needs(field) or field.name in form.unmet, field_names, ui)
    while form.unmet:  # all alternatives were skipped
        ui.say("Nothing was entered.")
        field_names.difference_update(form.unmet)
        _ask_fields(form, lambda field: field.name in form.unmet, field_names, ui)
    # Of alternatives such as Users and Teams, one is enough: the others are not asked for.
    field_names.update(name for name in form.hooks.alternatives() if not form.values[name] and not form.unmet)
    has_more = any(field.name not in field_names for field in form.applicable_fields)
    if has_more and console.confirm("More options?", default=False):
        _ask_fields(form, lambda field: True, field_names, ui)
    writes = form.writes = form.command.preview(ctx, form.parameters())
    ui.say(request_text(writes))
    ui.say(form.line)
    _confirm(form)
    parameters = {**form.parameters(), "yes": True}
    if "wait" in parameters:  # a terminal waits as the line says; a front end follows the operation in the background
        parameters["wait"] = bool(form.hooks.in_line().get("wait"))
    return form.command.carry_out(ctx, writes, parameters, form.command_line())


def _ask_fields(form: Form, is_due: Callable[[Field], bool], field_names: set[str], ui: UI) -> None:
    """Ask for the fields that are due. Fields are listed again after each answer, because it can add some."""
    announces_alternatives = True
    while field := next(
        (field for field in form.applicable_fields if field.name not in field_names and is_due(field)), None
    ):
        if announces_alternatives and len(form.unmet) > 1 and field.name in form.unmet:
            announces_alternatives = False
            ui.say(f"Enter at least {at_least_one([form.field(name) for name in form.unmet])}.")
        field_names.add(field.name)
        before = form.values[field.name]
        form.set(field.name, _answer(form, field, before, ui))
        while problem := _problem(form, field):
            console.say(form.presentation.text(f"  {problem}"))
            # A refused answer is never the default of the next question, unless it came from the command.
            form.set(field.name, _answer(form, field, before, ui))


def _problem(form: Form, field: Field) -> str:
    """Return the problem with the answer, with some valid answers."""
    choices = form.choices.offer(field, "") if field.noun and form.values[field.name] else None
    problem = form.problems.get(field.name, "")
    if problem and choices:
        some = ", ".join(choice.pseudonym or choice.value for choice in choices.choices[: limits.NAMES_IN_MESSAGE])
        return f"{problem} Choose one of {choices.total:,}: {some}" + (
            " …" if choices.total > limits.NAMES_IN_MESSAGE else ""
        )
    return problem


def _names(form: Form, field: Field) -> str:
    """Return the names to choose from if there are few, otherwise the command that lists them; "" for other fields."""
    if field.noun not in _LISTED:
        return ""
    organization = form.values.get("org")
    option = ""
    if isinstance(organization, str) and organization not in ("", form.session.settings.organization):
        option = f" --org {quoted(organization)}"
    command = f"`{field.noun}{option}`"
    offer = form.choices.offer(field, "") if field.noun in _SHORT_LISTS else None
    if offer is None:
        return f"{command} lists the names."
    names = [choice.pseudonym or choice.value for choice in offer.choices]
    if offer.found > min(len(names), limits.FORM_LISTED):
        return f"{command} lists the names of all {offer.found:,} {words(field.noun)}."
    return f"Choices: {', '.join(names)}." if names else f"There are no {words(field.noun)}."


def _answer(form: Form, field: Field, value: Raw, ui: UI) -> Raw:
    """Ask for the value of a field. An empty answer keeps `value`; `-` clears an optional field that has a value."""
    example = f"Example: {field.example}" if field.example else ""
    if text := " ".join(filter(None, (field.help, example, _names(form, field)))):
        ui.say(f"  {text}")
    if field.kind is FieldKind.FLAG:
        return console.confirm(field.label, default=bool(value))
    if field.kind is FieldKind.TRISTATE:
        word = console.prompt(field.label, "unchanged", click.Choice(["yes", "no", "unchanged"]))
        return {"yes": True, "no": False, "unchanged": None}[word]
    line = ShownText(form.presentation)
    default = line.display(", ".join(value) if isinstance(value, list) else str(value or ""))
    hint = " (separate several with commas)" if field.several else ""
    options = f" [{'/'.join(field.choices)}]" if field.choices else ""
    can_clear = bool(default) and not form.needs(field)
    clear = f" ({_NOTHING} for none)" if can_clear else ""
    skip = " (optional, Enter skips)" if not default and not form.needs(field) else ""
    answer = console.prompt(
        f"{field.label}{options}{hint}{clear}{skip}", default if default or not form.needs(field) else None
    )
    answer_text = str(answer).strip()
    text = "" if can_clear and answer_text == _NOTHING else line.read(answer_text)
    if field.several:
        return [form.presentation.original(part.strip()) for part in text.split(",") if part.strip()]
    return form.presentation.original(text)


def _confirm(form: Form) -> None:
    """Ask for confirmation. Before something is destroyed, its name must be typed."""
    if form.question:
        console.say(form.presentation.text(form.question))
        expected = form.presentation.text(form.confirmation)
        form.confirmation_text = str(console.prompt(f"Type {expected} to confirm", "")).strip()
        is_confirmed = form.is_confirmed
    else:
        can_be_undone = not any(write.irreversible for write in form.writes or ())
        is_confirmed = console.confirm("Send the request?", default=can_be_undone)
    if not is_confirmed:
        raise ConfirmationError("Nothing was sent", hint="Run the command above to do it later.")
