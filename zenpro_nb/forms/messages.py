"""The messages of a form: next to fields, in the preview and in the status line; and the field an error belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.errors import ApiError, BlockedError, UsageError, ZenProError
from zenpro_nb.forms.fields import Field, Raw
from zenpro_nb.framework.writes import results
from zenpro_nb.framework.writes.write import Write
from zenpro_nb.resources.nouns import alternatives as one_or
from zenpro_nb.resources.nouns import joined, one_of
from zenpro_nb.syntax.sentences import capitalized


class Tone(Enum):
    """The tone of a message, shown by a word or a sign as well as by color."""

    PLAIN = "plain"
    BUSY = "busy"
    GOOD = "good"
    ADVICE = "advice"
    BAD = "bad"


class Message(Struct, frozen=True):
    """A sentence and its tone."""

    text: str
    tone: Tone = Tone.PLAIN


def request_text(writes: Sequence[Write], *, are_sent: bool = False) -> str:
    """Return the requests as text. Only the first few are written out; the others are counted."""
    texts = [results.request_text(write, is_sent=are_sent) for write in writes[: limits.FORM_PREVIEWS]]
    more = len(writes) - len(texts)
    return "\n\n".join([*texts, *([f"… and {more} more"] if more else [])]) or "Nothing would be sent."


def still_required(fields: Sequence[Field], alternatives: Sequence[Field] = ()) -> str:
    """Return the sentence about fields that are still empty; of the alternatives, one is enough."""
    chosen = [one_of(field.noun) for field in fields if field.noun]
    others = [field.label for field in fields if not field.noun]
    wanted = [joined(chosen, "and")] if chosen else []
    wanted += [f"at least one {one_or([field.noun for field in alternatives])}"] if alternatives else []
    text = f"Choose {', and '.join(wanted)}" if wanted else ""
    remaining = f"Still required: {', '.join(others)}" if others else ""
    return " ".join(f"{sentence}." for sentence in (text, remaining) if sentence)


def success(words: Sequence[str], variable: Raw) -> Message:
    """Return the status line after success; `words` are the messages of the command."""
    sentences = [f"{capitalized(word)}." for word in words]
    if variable:
        sentences.append(f"The result is in the variable {variable}.")
    return Message(" ".join(sentences), Tone.GOOD)


def as_our_error(error: Exception) -> ZenProError:
    """Return the error as a `ZenProError`, whose text contains no secret: a form is saved with the notebook."""
    if isinstance(error, ZenProError):
        return error
    return ZenProError(f"The form failed: {type(error).__name__}: {error}")


def in_words(error: ZenProError) -> str:
    """Return the error for a form. A hint about options is left out: it is about the command line.

    The options that allow a blocked write are fields of the form too.
    """
    is_for_lines = "--" in error.hint and not isinstance(error, BlockedError)
    return error.message if is_for_lines else str(error)


def place(error: ZenProError, fields: Sequence[Field], values: Mapping[str, Raw]) -> dict[str, str]:
    """Return the error by the fields it concerns; empty if it concerns none of them."""
    if isinstance(error, ApiError) and error.fields:
        by_field = {_field_named(name, fields): text for name, text in error.fields.items()}
        return {name: text for name, text in by_field.items() if name}
    if isinstance(error, UsageError) or (isinstance(error, ApiError) and error.status in (400, 404, 409)):
        name = _by_value(error, fields, values) or _by_option(error, fields)
        if name:
            return {name: in_words(error)}
    return {}


def _field_named(path: str, fields: Sequence[Field]) -> str:
    """Return the field for a name that the API uses.

    `organization_id` is `--org`, `zenml_service.configuration.version` is `--version`.
    """
    name = path.rsplit(".", 1)[-1]
    names = {name, name.removesuffix("_id"), name + "s", name.removesuffix("_id") + "s"}
    if "organization" in names:
        names.add("org")
    return next((field.name for field in fields if field.name in names), "")


def _by_value(error: ZenProError, fields: Sequence[Field], values: Mapping[str, Raw]) -> str:
    """Return the field whose value is quoted in the message."""
    for field in fields:
        value = values.get(field.name)
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and text and f"'{text}'" in error.message for text in texts):
            return field.name
    return ""


def _by_option(error: ZenProError, fields: Sequence[Field]) -> str:
    """Return the first field whose option appears in the message or the hint."""
    for option in re.findall(r"--[a-z][a-z-]*", f"{error.message} {error.hint}"):
        for field in fields:
            if option in field.param.opts:
                return field.name
    return ""
