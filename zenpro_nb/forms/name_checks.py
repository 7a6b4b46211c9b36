"""Check in the background whether the new names in a form are available, and show it below their fields."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from zenpro_nb import limits
from zenpro_nb.errors import UsageError
from zenpro_nb.forms.field_choices import FieldChoices
from zenpro_nb.forms.messages import Message, Tone, as_our_error, in_words
from zenpro_nb.forms.state import FormState, OpenForm
from zenpro_nb.framework.parameters import name_validation


class NameChecks:
    """The checks of the new names in one form. The form's lock is never held while waiting."""

    def __init__(self, form: OpenForm, choices: FieldChoices) -> None:
        self._form = form
        self._choices = choices

    def discard(self, name: str) -> list[str]:
        """Discard the checks that an edit of this field made outdated, and return the fields to check again."""
        form = self._form
        stale = [field.name for field in form.fields if field.name == name or (name == "org" and field.new_noun)]
        for old in stale:
            form.checks.pop(old, None)
        return [old for old in stale if self._can_be_checked(old)]

    def start(self, names: Iterable[str]) -> None:
        """Check these fields when the user pauses."""
        for name in names:
            self._form.background.later(f"name:{name}", limits.FORM_DEBOUNCE, partial(self._check, name))

    def check(self, name: str) -> None:
        """Check this field now."""
        if self._can_be_checked(name):
            self._check(name)

    def _can_be_checked(self, name: str) -> bool:
        """Return whether the server can check that the name in this field is available."""
        form = self._form
        is_checkable = form.field(name).new_noun in ("workspaces", "organizations")
        return is_checkable and bool(form.values[name]) and name not in form.problems

    def _check(self, name: str) -> None:
        """Check whether the name in this field is available."""
        form = self._form
        with form.lock:
            value, organization_id = form.values[name], self._choices.organization_id
            if form.state is FormState.CLOSED:
                return
        try:
            message = self._verdict(form.field(name).new_noun, str(value).strip())
        except Exception as error:  # an uncaught error in a thread would be lost
            message = Message(
                f"Cannot check whether the name is available: {in_words(as_our_error(error))}", Tone.ADVICE
            )
        with form.lock:
            is_old = form.values[name] != value or self._choices.organization_id != organization_id
            if is_old or message is None:
                return
            if message.tone is Tone.BAD:
                form.errors[name] = message.text
            else:
                form.checks[name] = message
        form.tell()

    def _verdict(self, noun: str, name: str) -> Message | None:
        """Return the server's verdict on a new name; None if it has none."""
        organization_id = self._choices.organization_id
        if noun == "organizations":
            routes = name_validation.organization_routes(name)
        elif organization_id:
            routes = name_validation.workspace_routes(organization_id, name)
        else:
            return None
        verdict = name_validation.verdict(self._form.session, name, routes)
        try:
            name_validation.require_usable(verdict)
        except UsageError as error:
            # Below the field the name is visible, so the server's reason is enough.
            reason = verdict.reason.rstrip(".")
            return Message(f"{reason}. {error.hint}" if reason else str(error), Tone.BAD)
        return Message(f"{name} is available.", Tone.GOOD) if verdict.usable else None
