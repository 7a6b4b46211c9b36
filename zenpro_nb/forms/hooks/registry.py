"""Which form knows more than the parameters of its command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb.forms.hooks.hooks import Care
from zenpro_nb.forms.hooks.keys import KeyCare
from zenpro_nb.forms.hooks.role_assignment import AssignmentCare
from zenpro_nb.forms.hooks.workspace_creation import CreationCare
from zenpro_nb.forms.hooks.workspace_lifecycle import FollowingCare

if TYPE_CHECKING:
    from zenpro_nb.forms.form import Form

_CARES: dict[tuple[str, ...], type[Care]] = {
    ("workspaces", "create"): CreationCare,
    ("workspaces", "update"): FollowingCare,
    ("workspaces", "deploy"): FollowingCare,
    ("workspaces", "deactivate"): FollowingCare,
    ("workspaces", "delete"): FollowingCare,
    ("roles", "assign"): AssignmentCare,
    ("roles", "revoke"): AssignmentCare,
}


def care_of(form: Form) -> Care:
    """The special knowledge of this form."""
    if form.words[0] == "api-keys":
        return KeyCare(form)
    return _CARES.get(tuple(form.words), Care)(form)
