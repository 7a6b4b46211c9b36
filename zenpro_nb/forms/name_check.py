"""What a form asks the server while it is filled in, and the words for what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zenpro_nb import limits
from zenpro_nb.commands.core import name_validation
from zenpro_nb.commands.core.write import Write
from zenpro_nb.errors import UsageError
from zenpro_nb.forms.fields import Raw
from zenpro_nb.forms.messages import Note, Tone

if TYPE_CHECKING:
    from zenpro_nb.forms.form import Form


def can_be_checked(form: Form, name: str) -> bool:
    """Whether the server can be asked if what stands in this field is free."""
    field = form.field(name)
    return field.new_noun in ("workspaces", "organizations") and bool(form.values[name]) and name not in form.problems


def check(form: Form, name: str) -> Note | None:
    """What the server says about the name in this field; None where it says nothing.

    Raises:
        ZenProError: it could not be asked.
    """
    text = str(form.values[name]).strip()
    if form.field(name).new_noun == "organizations":
        routes = name_validation.organization_routes(text)
    else:
        organization_id = form.picking.organization_id()
        if not organization_id:
            return None
        routes = name_validation.workspace_routes(organization_id, text)
    verdict = name_validation.verdict(form.session, text, routes)
    try:
        name_validation.require_usable(verdict)
    except UsageError as error:
        return Note(str(error), Tone.BAD)
    return Note(f"{text} is free.", Tone.GOOD) if verdict.usable else None


def request_text(writes: Sequence[Write]) -> str:
    """The requests as people write them down; many alike are counted."""
    from zenpro_nb.commands.core import results

    texts = [results.request_text(write) for write in writes[: limits.FORM_PREVIEWS]]
    more = len(writes) - len(texts)
    return "\n\n".join([*texts, *([f"… and {more} more"] if more else [])]) or "Nothing would be sent."


def done_note(writes: Sequence[Write], words: Sequence[str], out: Raw) -> Note:
    """The status line after everything went well."""
    about = writes[0].target if len(writes) == 1 else f"{len(writes)} requests"
    said = [f"Done: {about}.", *(f"{word}." for word in words)]
    if out:
        said.append(f"The frame is in the variable {out}.")
    return Note(" ".join(said), Tone.GOOD)
