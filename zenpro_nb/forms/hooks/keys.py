"""The forms of keys: one's own, or those of a service account, which alone belongs to an organization."""

from __future__ import annotations

from collections.abc import Collection

from zenpro_nb.forms.choices import ChoiceSource, source_of
from zenpro_nb.forms.fields import Field
from zenpro_nb.forms.hooks.base import Hooks
from zenpro_nb.resources.control_plane import SERVICE_ACCOUNT_API_KEYS


class KeyHooks(Hooks):
    """What the forms of keys add."""

    def left_out(self) -> Collection[str]:
        """Leave out the organization of one's own keys, which belong to none."""
        return () if self.form.values.get("service_account") else ("org",)

    def needed(self) -> Collection[str]:
        """Ask for the destination of a new key, because it is shown once only."""
        return ("to",) if "to" in self.form.values else ()

    def source(self, field: Field) -> ChoiceSource | None:
        """Offer the keys of the service account, where one is chosen."""
        account = self.choices.chosen("service_account") if field.name == "key" else None
        if account is None:
            return None
        noun, organization_id = SERVICE_ACCOUNT_API_KEYS.noun, self.choices.organization_id
        return source_of(noun, organization_id, service_account_id=account.id)
