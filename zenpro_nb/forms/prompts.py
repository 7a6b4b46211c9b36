"""A form in a terminal: one question per field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zenpro_nb import limits
from zenpro_nb.errors import ConfirmationError, InterruptedReadError, ZenProError
from zenpro_nb.forms import questions
from zenpro_nb.forms.fields import Field, FieldKind, Raw, about
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.messages import request_text
from zenpro_nb.forms.presentation import ShownText
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.parameters.principals import KINDS, find_any
from zenpro_nb.framework.writes.write import Write
from zenpro_nb.resources.nouns import alternatives, joined, one_of, without_prefix, words
from zenpro_nb.syntax.sentences import capitalized
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
        InterruptedReadError: the user pressed Ctrl-C before the request was sent.
        ZenProError: the command failed.
    """
    form.open()
    try:
        try:
            writes = _ask(form, ctx)
        except KeyboardInterrupt:
            raise InterruptedReadError.before_sending(_again(form)) from None
        parameters = {**form.parameters(), "yes": True}
        if "wait" in parameters:  # a terminal waits as the line says; a front end follows the operation
            parameters["wait"] = bool(form.hooks.in_line().get("wait"))
        return form.command.carry_out(ctx, writes, parameters, form.command_line())
    finally:
        form.close()


def _again(form: Form) -> str:
    """Return how to open the form with the answers so far."""
    return f"`{form.presentation.text(form.reopen_line)}` opens the form with these answers."


def _ask(form: Form, ctx: CommandContext) -> list[Write]:
    """Ask for the values, show the request and the command, and ask for confirmation. Return what to send."""
    ui = ctx.ui
    sandbox = " (a sandbox with made-up data)" if form.is_sandbox else ""
    ui.say(f"{about(form.command)[0]} — {form.server}{sandbox}")
    field_names: set[str] = set()
    _ask_fields(form, lambda field: form.needs(field) and field.name not in form.unmet, field_names, ui)
    if form.unmet:
        _ask_principals(form, ui)
    # Of alternatives such as Users and Teams, one is enough: the others are not asked for.
    field_names.update(form.hooks.alternatives())
    has_more = any(field.name not in field_names for field in form.applicable_fields)
    if has_more and ui.confirm("More options?"):
        _ask_fields(form, lambda field: True, field_names, ui)
    try:
        writes = form.writes = form.command.preview(ctx, form.parameters())
    except ZenProError:
        ui.say(_again(form))
        raise
    ui.say(request_text(writes))
    ui.say(f"`{form.line}`")
    if not all(write.noop for write in writes):
        _confirm(form, ui)
    return writes


def _ask_fields(form: Form, is_due: Callable[[Field], bool], field_names: set[str], ui: UI) -> None:
    """Ask for the fields that are due. Fields are listed again after each answer, because it can add some."""
    while field := next(
        (field for field in form.applicable_fields if field.name not in field_names and is_due(field)), None
    ):
        field_names.add(field.name)
        before = form.values[field.name]
        _explain(form, field, ui)
        form.set(field.name, _answer(form, field, before, ui))
        while _is_refused(form, field):
            # A refused answer is never the default of the next question, nor in the command that opens the form again.
            form.set(field.name, before)
            form.set(field.name, _answer(form, field, before, ui))


def _ask_principals(form: Form, ui: UI) -> None:
    """Ask one question in place of several fields, such as Users and Teams, and find each name in all their lists."""
    fields = [form.field(name) for name in form.unmet]
    kinds = [kind for kind in KINDS if kind.parameter in form.unmet]
    nouns = [field.noun for field in fields]
    question, one_of_any = capitalized(alternatives(nouns)), joined([one_of(noun) for noun in nouns], "or")
    few = {field.noun: names for field in fields if (names := _few_names(form, field))}
    lists = [f"{capitalized(words(noun))}: {', '.join(names)}." for noun, names in few.items()]
    others = [_list_command(form, field) for field in fields if field.noun not in few]
    ui.say(f"  Enter names, email addresses, or IDs. {' '.join(lists)} Other names: {', '.join(others)}.")
    while form.unmet:
        answer = questions.text(ui, f"{question} (separate several with commas)", required=one_of_any)
        found: dict[str, list[str]] = {}
        try:
            for text in _parts(answer):
                name = next((value for field in fields if (value := _named(form, field, text)) != text), text)
                of_prefix = [kind for kind in kinds if without_prefix(kind.noun, text) != text]
                kind, _ = find_any(form.runtime, form.choices.organization_id, of_prefix or kinds, name)
                found.setdefault(kind.parameter, []).append(name)
        except ZenProError as error:
            text = str(error) if error.hint else f"{error}."
            ui.say(form.presentation.text(f"  {text}"))
            continue
        for parameter, names in found.items():
            form.set(parameter, names)


def _is_refused(form: Form, field: Field) -> bool:
    """Return whether the answer has a problem, and show it with the advice about the field."""
    form.check(field.name)
    problem, advice = _problem(form, field) or _unknown(form, field), form.advice(field.name)
    for text in filter(None, (problem, advice and advice.text)):
        console.say(form.presentation.text(f"  {text}"))
    return bool(problem)


def _problem(form: Form, field: Field) -> str:
    """Return the problem with the answer, with some valid answers: similar ones if there are any."""
    value, problem = form.values[field.name], form.problems.get(field.name, "")
    texts = [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str) and text]
    if not (problem and field.noun and texts):
        return problem
    offers = (form.choices.offer(field, text) for text in (*(text for text in texts if repr(text) in problem), ""))
    offer = next((offer for offer in offers if offer and offer.found), None)
    if offer is None:
        return problem
    some = ", ".join(choice.shown_title for choice in offer.choices[: limits.NAMES_IN_MESSAGE])
    how = "Enter the ID of one" if all(choice.value != choice.title for choice in offer.choices) else "Choose one"
    return f"{problem} {how} of {offer.found:,}: {some}" + (" …" if offer.found > limits.NAMES_IN_MESSAGE else "")


def _unknown(form: Form, field: Field) -> str:
    """Return the problem with names whose list is too long to be read for the question: each is looked up."""
    kind = next((kind for kind in KINDS if kind.noun == field.noun and field.noun not in _SHORT_LISTS), None)
    if kind is None or not field.must_exist:
        return ""
    value = form.values[field.name]
    texts = [str(text) for text in (value if isinstance(value, list) else [value]) if text]
    try:
        for text in texts:
            if not (field.emails and "@" in text):
                find_any(form.runtime, form.choices.organization_id, [kind], text)
    except ZenProError as error:
        return str(error)
    return ""


def _few_names(form: Form, field: Field) -> list[str] | None:
    """Return the names to choose from; None if there are many, or if they cannot be read."""
    offer = form.choices.offer(field, "") if field.noun in _SHORT_LISTS else None
    if offer is None or offer.found > min(len(offer.choices), limits.FORM_LISTED):
        return None
    return [choice.shown_title for choice in offer.choices]


def _list_command(form: Form, field: Field) -> str:
    """Return the command that lists the names to choose from."""
    organization = form.values.get("org")
    is_other = isinstance(organization, str) and organization not in ("", form.session.settings.organization)
    return f"`{field.noun}{f' --org {quoted(str(organization))}' if is_other else ''}`"


def _names(form: Form, field: Field) -> str:
    """Return the names to choose from if there are few, otherwise the command that lists them; "" for other fields."""
    if field.noun not in _LISTED:
        return ""
    names = _few_names(form, field)
    if names is None:
        return f"{_list_command(form, field)} lists the names."
    return f"Choices: {', '.join(names)}." if names else f"There are no {words(field.noun)}."


def _explain(form: Form, field: Field, ui: UI) -> None:
    """Say what a field is for, with an example or the names to choose from."""
    example = f"Example: {field.example}" if field.example else ""
    if text := " ".join(filter(None, (field.help, example, _names(form, field)))):
        ui.say(f"  {text}")


def _answer(form: Form, field: Field, value: Raw, ui: UI) -> Raw:
    """Ask for the value of a field. An empty answer keeps `value`; `-` clears an optional field that has a value."""
    if field.kind is FieldKind.FLAG:
        return questions.choice(ui, field.label, ("yes", "no"), "yes" if value else "no") == "yes"
    if field.kind is FieldKind.TRISTATE:
        word = questions.choice(ui, field.label, ("yes", "no", "unchanged"), "unchanged")
        return {"yes": True, "no": False, "unchanged": None}[word]
    line = ShownText(form.presentation)
    values = [str(part) for part in (value if isinstance(value, list) else [value]) if part]
    titles = [form.choices.title(field, text) if field.noun else text for text in values]
    default = line.display(", ".join(values), ", ".join(titles))
    hint = " (separate several with commas)" if field.several else ""
    options = f" [{'/'.join(field.choices)}]" if field.choices else ""
    can_clear = bool(default) and not form.needs(field)
    clear = f" ({_NOTHING} for none)" if can_clear else ""
    skip = " (optional, Enter skips)" if not default and not form.needs(field) else ""
    answer = questions.text(
        ui,
        f"{field.label}{options}{hint}{clear}{skip}",
        default if default or not form.needs(field) else None,
        required=field.label,
    )
    text = "" if can_clear and answer == _NOTHING else line.read(answer)
    if field.several:
        return [_named(form, field, part) for part in _parts(text)]
    return _named(form, field, text)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _named(form: Form, field: Field, text: str) -> str:
    """Return the value that a text stands for: a pseudonym, or an object whose name is not unique."""
    return form.presentation.original(form.choices.value_of(field, text) if field.noun else text)


def _confirm(form: Form, ui: UI) -> None:
    """Ask for confirmation. Before something is destroyed, its name must be typed."""
    if form.question:
        console.say(form.presentation.text(form.question))
        expected = form.presentation.text(form.confirmation)
        form.confirmation_text = ui.ask(f"Type {expected} to confirm: ")
        is_confirmed = form.is_confirmed
    else:
        is_confirmed = ui.confirm("Send the request?")
    if not is_confirmed:
        raise ConfirmationError("Nothing was sent", hint="Run the command above to do it later.")
