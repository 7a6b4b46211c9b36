"""The forms of commands for principals: users, teams, service accounts, invitations. At least one is required."""

from __future__ import annotations

from collections.abc import Sequence

from zenpro_nb.forms.hooks.base import Hooks
from zenpro_nb.framework.parameters.principals import KINDS

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
