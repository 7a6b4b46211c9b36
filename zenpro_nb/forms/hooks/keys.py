"""The forms of keys: one's own, or those of a service account, which alone belongs to an organization."""

from __future__ import annotations

from collections.abc import Collection

from zenpro_nb.forms.choices import ChoiceSource, source_of
from zenpro_nb.forms.fields import Field
from zenpro_nb.forms.hooks.hooks import Care
from zenpro_nb.resources.control_plane import SERVICE_ACCOUNT_API_KEYS


class KeyCare(Care):
    """What the forms of keys know."""

    def left_out(self) -> Collection[str]:
        """One's own keys belong to no organization."""
        return () if self.form.values.get("service_account") else ("org",)

    def needed(self) -> Collection[str]:
        """A new key is shown once, so that its place must be known before."""
        return ("to",) if "to" in self.form.values else ()

    def source(self, field: Field) -> ChoiceSource | None:
        """The keys of the service account, where one is chosen."""
        account = self.form.picking.choice("service_account") if field.name == "key" else None
        if account is None:
            return None
        organization_id = self.form.picking.organization_id()
        return source_of(SERVICE_ACCOUNT_API_KEYS.noun, organization_id, service_account_id=account.id)
