"""Every check of an audit, each declared once, in the order in which people read about them."""

from __future__ import annotations

from zenpro_nb.access.audit.checks import accounts, admins, deadlines, inside, keys, roles, teams, usage
from zenpro_nb.access.audit.findings import AuditCheck

_MODULES = (accounts, admins, keys, roles, deadlines, teams, inside, usage)
CHECKS: dict[str, AuditCheck] = {check.name: check for module in _MODULES for check in module.CHECKS}
FORMER_NAMES = {check.former: check.name for check in CHECKS.values() if check.former}
