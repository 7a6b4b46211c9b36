"""The forms of keys: your own, or those of a service account. Only service accounts belong to an organization."""

from __future__ import annotations

from collections.abc import Collection

from zenpro_nb.forms.choices import ChoiceSource, source_of
from zenpro_nb.forms.fields import Field
from zenpro_nb.forms.hooks.base import Hooks
from zenpro_nb.resources.control_plane import SERVICE_ACCOUNT_API_KEYS


class KeyHooks(Hooks):
    """The additions of the forms for keys."""

    def left_out(self) -> Collection[str]:
        """Leave out the organization for your own keys: they do not belong to one."""
        return () if self.form.values.get("service_account") else ("org",)

    def needed(self) -> Collection[str]:
        """Require the destination of a new key, because it is shown only once."""
        return ("to",) if "to" in self.form.values else ()

    def source(self, field: Field) -> ChoiceSource | None:
        """Offer the keys of the chosen service account."""
        account = self.choices.chosen("service_account") if field.name == "key" else None
        if account is None:
            return None
        noun, organization_id = SERVICE_ACCOUNT_API_KEYS.noun, self.choices.organization_id
        return source_of(noun, organization_id, service_account_id=account.id)
