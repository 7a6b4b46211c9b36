"""A plan as text, which another person or job applies: with its version, and a digest of the whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from zenpro_nb.access.planning.model import Party, Plan, Rest, Step
from zenpro_nb.errors import UsageError

VERSION = 1
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
        "steps": [_slim(msgspec.to_builtins(one)) for one in plan.steps],
        "rests_on": [{"what": one.what, "keys": sorted(one.keys), "own": sorted(one.own)} for one in plan.rests_on],
        "options": dict(plan.options),
    }
    return json.dumps({"zenpro_plan": VERSION, "digest": _digest(body), **body}, ensure_ascii=False)


def plan_of_text(text: str, name: str = "this plan") -> Plan:
    """Return the plan that `plan_text` wrote.

    Raises:
        UsageError: it is none, of another version, or was changed since.
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
    return Plan(
        tuple(_step(one) for one in body["steps"]),
        body["server"],
        body["organization_id"],
        body["organization_name"],
        tuple(Rest(one["what"], frozenset(one["keys"]), frozenset(one["own"])) for one in body["rests_on"]),
        body["options"],
    )


def _slim(step: dict[str, Any]) -> dict[str, Any]:
    """Return what a step says, without what it leaves empty."""
    return {name: value for name, value in step.items() if value not in ("", None, (), {})}


def _step(found: Mapping[str, Any]) -> Step:
    given: dict[str, Any] = {name: value for name, value in found.items() if name in Step.__struct_fields__}
    given["party"] = Party(**given.get("party", {}))
    given["needs"] = tuple(given.get("needs", ()))
    return Step(**given)


def _digest(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
