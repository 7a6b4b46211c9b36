"""A plan as text, which another person or job applies: with its version, and a digest of the whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from zenpro_nb.access.plans.model import Baseline, Plan, PrincipalRef, Step, misfit
from zenpro_nb.access.plans.options import GuardOptions
from zenpro_nb.errors import UsageError

VERSION = 1
# What earlier versions called these fields of a step; saved plans with the earlier names stay readable.
FORMER_NAMES = {
    "still_has": "remaining_roles", "mail": "email_to", "why_blocked": "blocked_reason", "lift": "override",
    "skipped": "skipped_reason",
}  # fmt: skip
_AGAIN = "Make the plan again, or update zenpro-nb."


def plan_text(plan: Plan) -> str:
    """Return a plan as JSON; `plan_of_text` reads it.

    Example:
        >>> plan_of_text(plan_text(Plan(organization_name="acme"))).organization_name
        'acme'
    """
    body = {
        "server": plan.server,
        "organization_id": plan.organization_id,
        "organization_name": plan.organization_name,
        "steps": [_slim(msgspec.to_builtins(step)) for step in plan.steps],
        "rests_on": [
            {"what": baseline.what, "keys": sorted(baseline.keys), "own": sorted(baseline.own)}
            for baseline in plan.rests_on
        ],
        "options": dict(plan.options),
    }
    return json.dumps({"zenpro_plan": VERSION, "digest": _digest(body), **body}, ensure_ascii=False)


def plan_of_text(text: str, name: str = "this plan") -> Plan:
    """Return the plan that `plan_text` wrote.

    The digest finds accidental changes. It proves nothing about who made the plan: whoever changes the text on purpose
    can compute it again. So nothing in it is believed: see `grounded`.

    Raises:
        UsageError: it is not a plan, is of another version, was changed since, or has steps that no plan has.
    """
    try:
        body = json.loads(text)
        version = body.pop("zenpro_plan")
        digest = body.pop("digest")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise UsageError(f"{name} is no plan of zenpro_nb", hint="Make one with `plan access.yaml`.") from None
    if version != VERSION:
        raise UsageError(f"{name} is of version {version!r}, and this reads version {VERSION}", hint=_AGAIN)
    if digest != _digest(body):
        raise UsageError(f"{name} was changed after it was made", hint="Change the file, and plan again.")
    try:
        text.encode()
        json.dumps(body, ensure_ascii=False).encode()
        body["steps"] = [_step(step) for step in body["steps"]]
        _require_known(body["options"], GuardOptions.__struct_fields__, "of the options")
        saved = msgspec.convert(body, _Saved)
    except UnicodeEncodeError:
        raise UsageError(f"{name} contains characters that are not text", hint=_AGAIN) from None
    except (msgspec.ValidationError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{name} contains what no plan contains: {error}", hint=_AGAIN) from None
    numbers: set[int] = set()
    for step in saved.steps:
        if (wrong := misfit(step)) or step.number in numbers or not all(0 < need < step.number for need in step.needs):
            wrong = wrong or f"number {step.number}, needs {list(step.needs)}"
            raise UsageError(f"{name} contains a step {step.number} that no plan contains: {wrong}", hint=_AGAIN)
        numbers.add(step.number)
    return Plan(
        saved.steps, saved.server, saved.organization_id, saved.organization_name,
        tuple(Baseline(rest.what, rest.keys, rest.own) for rest in saved.rests_on), saved.options.as_facts(),
    )  # fmt: skip


class _SavedRest(msgspec.Struct, forbid_unknown_fields=True):
    what: str
    keys: frozenset[str]
    own: frozenset[str]


class _Saved(msgspec.Struct, forbid_unknown_fields=True):
    """A plan as it is in a file, without its version and digest; a field or an option that is not known is refused."""

    server: str
    organization_id: str
    organization_name: str
    steps: tuple[Step, ...]
    rests_on: tuple[_SavedRest, ...]
    options: GuardOptions


def _slim(step: dict[str, Any]) -> dict[str, Any]:
    """Return what a step says, without what it leaves empty."""
    return {name: value for name, value in step.items() if value not in ("", None, (), {})}


def _step(found: dict[str, Any]) -> dict[str, Any]:
    found = {FORMER_NAMES.get(name, name): value for name, value in found.items()}
    _require_known(found, Step.__struct_fields__, "of a step")
    _require_known(found.get("party", {}), PrincipalRef.__struct_fields__, "of a principal")
    return found


def _require_known(found: Mapping[str, Any], fields: Iterable[str], where: str) -> None:
    """Raise where a field is not known here.

    Raises:
        KeyError: there is one.
    """
    if unknown := set(found) - set(fields):
        raise KeyError(f"the field {min(unknown)} {where}")


def _digest(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
