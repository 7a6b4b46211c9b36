"""Save a plan as text that another user or job can apply, with a version and a digest."""

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
_AGAIN = "Create the plan again with `plan`, or update zenpro-nb."


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

    The digest detects accidental changes. It does not prove who created the plan: anyone can change the text and
    compute the digest again. So the content is not trusted: see `grounded`.

    Raises:
        UsageError: the text is not a plan, has another version, was changed, or has an invalid step.
    """
    try:
        body = json.loads(text)
        version = body.pop("zenpro_plan")
        digest = body.pop("digest")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise UsageError(
            f"{name} is not a plan file", hint="Create one: `plan access.yaml --save plan.json`."
        ) from None
    if version != VERSION:
        raise UsageError(
            f"{name} has version {version!r}, but this version of zenpro reads version {VERSION}", hint=_AGAIN
        )
    if digest != _digest(body):
        raise UsageError(
            f"{name} was changed after it was created", hint="Edit the desired state instead, and run `plan` again."
        )
    try:
        text.encode()
        json.dumps(body, ensure_ascii=False).encode()
        body["steps"] = [_step(step) for step in body["steps"]]
        _require_known(body["options"], GuardOptions.__struct_fields__, "of the options")
        content = msgspec.convert(body, _PlanFile)
    except UnicodeEncodeError:
        raise UsageError(f"{name} contains invalid characters", hint=_AGAIN) from None
    except (msgspec.ValidationError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{name} contains an invalid value: {error}", hint=_AGAIN) from None
    numbers: set[int] = set()
    for step in content.steps:
        if (wrong := misfit(step)) or step.number in numbers or not all(0 < need < step.number for need in step.needs):
            wrong = wrong or f"number {step.number}, needs {list(step.needs)}"
            raise UsageError(f"{name} contains the invalid step {step.number}: {wrong}", hint=_AGAIN)
        numbers.add(step.number)
    return Plan(
        content.steps, content.server, content.organization_id, content.organization_name,
        tuple(Baseline(rest.what, rest.keys, rest.own) for rest in content.rests_on), content.options.as_facts(),
    )  # fmt: skip


class _SavedRest(msgspec.Struct, forbid_unknown_fields=True):
    what: str
    keys: frozenset[str]
    own: frozenset[str]


class _PlanFile(msgspec.Struct, forbid_unknown_fields=True):
    """The content of a plan file without version and digest. Unknown fields and options are refused."""

    server: str
    organization_id: str
    organization_name: str
    steps: tuple[Step, ...]
    rests_on: tuple[_SavedRest, ...]
    options: GuardOptions


def _slim(step: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a step that are not empty."""
    return {name: value for name, value in step.items() if value not in ("", None, (), {})}


def _step(found: dict[str, Any]) -> dict[str, Any]:
    found = {FORMER_NAMES.get(name, name): value for name, value in found.items()}
    _require_known(found, Step.__struct_fields__, "of a step")
    _require_known(found.get("party", {}), PrincipalRef.__struct_fields__, "of a principal")
    return found


def _require_known(found: Mapping[str, Any], fields: Iterable[str], where: str) -> None:
    """Refuse unknown fields.

    Raises:
        KeyError: there is an unknown field.
    """
    if unknown := set(found) - set(fields):
        raise KeyError(f"the field {min(unknown)} {where}")


def _digest(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
