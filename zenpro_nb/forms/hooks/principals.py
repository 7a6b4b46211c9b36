"""The forms of commands for principals (users, teams, service accounts, invitations), and for their keys."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from zenpro_nb.forms.choices import ChoiceSource, source_of
from zenpro_nb.forms.fields import Field
from zenpro_nb.forms.hooks.base import Hooks
from zenpro_nb.framework.parameters.principals import KINDS
from zenpro_nb.resources.control_plane import SERVICE_ACCOUNT_API_KEYS

PRINCIPALS = tuple(kind.parameter for kind in KINDS)
_SINGULAR = {
    "users": "a user",
    "teams": "a team",
    "service_accounts": "a service account",
    "invitations": "an invitation",
}


class PrincipalHooks(Hooks):
    """The additions of the forms for principals."""

    def alternatives(self) -> Sequence[str]:
        """Require at least one principal of any kind."""
        return [field.name for field in self.form.fields if field.name in PRINCIPALS]

    def required_message(self, name: str) -> str:
        """Return the kinds of principals, and which of them are folded under More."""
        if name not in PRINCIPALS:
            return super().required_message(name)
        fields = [field for field in self.form.fields if field.name in PRINCIPALS]
        usual = ", ".join(_SINGULAR[field.name] for field in fields if not field.rare)
        rare = " or ".join(_SINGULAR[field.name] for field in fields if field.rare)
        return f"Add at least one: {usual}, or {rare} under More."


class KeyHooks(Hooks):
    """The additions of the forms for keys: your own, or those of a service account, which belong to an organization."""

    def left_out(self) -> Collection[str]:
        """Leave out the organization for your own keys: they do not belong to one."""
        return () if self.form.values.get("service_account") else ("org",)

    def nouns(self) -> Collection[str]:
        """Require the destination of a new key, because it is shown only once."""
        return ("to",) if "to" in self.form.values else ()

    def source(self, field: Field) -> ChoiceSource | None:
        """Offer the keys of the chosen service account."""
        account = self.choices.selected_choice("service_account") if field.name == "key" else None
        if account is None:
            return None
        noun, organization_id = SERVICE_ACCOUNT_API_KEYS.noun, self.choices.organization_id
        return source_of(noun, organization_id, service_account_id=account.id)
