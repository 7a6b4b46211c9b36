"""The forms of commands that are about principals: users, teams, service accounts, invitations. One is enough."""

from __future__ import annotations

from collections.abc import Sequence

from zenpro_nb.forms.hooks.base import Hooks
from zenpro_nb.framework.parameters.principals import KINDS

PRINCIPALS = tuple(kind.parameter for kind in KINDS)
_ONE = {"users": "a user", "teams": "a team", "service_accounts": "a service account", "invitations": "an invitation"}


class PrincipalHooks(Hooks):
    """What the forms of such commands add."""

    def alternatives(self) -> Sequence[str]:
        """Require one principal, of whatever kind."""
        return [field.name for field in self.form.fields if field.name in PRINCIPALS]

    def lacking(self, name: str) -> str:
        """Name the kinds of principals, and which of them are folded away."""
        if name not in PRINCIPALS:
            return super().lacking(name)
        fields = [field for field in self.form.fields if field.name in PRINCIPALS]
        usual = ", ".join(_ONE[field.name] for field in fields if not field.rare)
        rare = " or ".join(_ONE[field.name] for field in fields if field.rare)
        return f"Name at least one: {usual}, or under More {rare}."
