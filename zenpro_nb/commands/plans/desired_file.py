"""The file with a desired state: its text, and its organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb.errors import UsageError
from zenpro_nb.files.paths import expand_home
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.access import DesiredState, Inventory


def text_of(file: str) -> str:
    """Return the text of a file.

    Raises:
        UsageError: there is no such file, or it cannot be read.
    """
    path = expand_home(file, UsageError)
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        hint = f"`export {quoted(file)} --exact` writes one from the current state."
        raise UsageError(f"There is no file {file!r}", hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{file!r} cannot be read: {reason}", hint="Check its permissions and encoding.") from None


def require_same_organization(state: DesiredState, current: Inventory) -> None:
    """Refuse a file for another organization; one that names none fits all.

    Raises:
        UsageError: it is for another organization.
    """
    if state.organization not in ("", current.organization_name, current.organization_id):
        raise UsageError(
            f"{state.file} is for the organization {state.organization}, not for {current.organization_name}",
            hint="Omit --org, or change `organization` in the file.",
        )
