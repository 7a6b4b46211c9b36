"""Query which roles allow an action: lists of roles do not include permissions (API facts 3.6 and 11.13)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from zenpro_nb.access import Gap, InventoryList, list_of
from zenpro_nb.client import Listing
from zenpro_nb.errors import BadRequestError
from zenpro_nb.frames import DecodedPage
from zenpro_nb.inventory.fetch import Answer, Request, Source, gap_of

ActionOnType = tuple[str, str]  # ("delete", "stack")

# A type and an action that no server has.
_NO_TYPE, _NO_ACTION = "no_such_type", "no_such_action"


def permission_requests(organization_id: str, pairs: Collection[ActionOnType]) -> list[Request]:
    """Return the requests for these pairs, and for a pair that no role can allow.

    The latter sees through a server that ignores one of the two filters, or both.
    """
    source = Source("roles")
    return [
        Request(
            source,
            {"organization_id": organization_id},
            {"action": action, "resource": resource},
            part=f"{action}:{resource}",
        )
        for action, resource in dict.fromkeys(pair_ for pair in pairs for pair_ in (pair, *_impossible(pair)))
    ]


def _impossible(pair: ActionOnType) -> tuple[ActionOnType, ActionOnType]:
    action, resource = pair
    return (action, _NO_TYPE), (_NO_ACTION, resource)


def permissions_list(pairs: Collection[ActionOnType], answers: Sequence[Answer]) -> InventoryList:
    """Return the list `permissions`: one row per pair and role that allows it, or one row without a role.

    A pair is unknown if its response equals that of the pair that no role can allow: either the server ignores one of
        the two filters, or only the roles with all permissions allow the pair, and these cases cannot be distinguished.
    """
    by_pair = {
        (str(answer.request.params["action"]), str(answer.request.params["resource"])): answer for answer in answers
    }
    roles = {pair: _roles(answer) for pair, answer in by_pair.items()}
    rows: list[dict[str, Any]] = []
    for pair in dict.fromkeys(pairs):
        allowed = roles[pair]
        probes = [roles[probe] for probe in _impossible(pair)]
        is_complete = allowed is not None and all(
            probe is not None and not (allowed and probe == allowed) for probe in probes
        )
        row = {"action": pair[0], "resource": pair[1], "known": is_complete}
        names = (allowed or {}) if is_complete else {}
        rows += [{**row, "role_id": key, "role": name} for key, name in names.items()] or [row]
    pair_answers = [by_pair[pair] for pair in dict.fromkeys(pairs)]
    gap = gap_of(pair_answers, parts=True)
    return list_of(
        "permissions",
        rows,
        fields=frozenset({"action", "resource", "known", "role", "role_id"}),
        complete=gap is None and all(row["known"] for row in rows),
        gap=gap or _gap_of_ignored_filters(rows),
        started=min((answer.started for answer in answers), default=None),
        finished=max((answer.finished for answer in answers), default=None),
    )


def _gap_of_ignored_filters(rows: Sequence[dict[str, Any]]) -> Gap | None:
    unknown = [f"{row['action']}:{row['resource']}" for row in rows if not row["known"]]
    if not unknown:
        return None
    why = "The server returns roles even for an action that no role allows: it ignores the filters resource and action"
    return Gap("ignored", f"{why}.", dict.fromkeys(unknown, why))


def _roles(answer: Answer) -> dict[str, str] | None:
    """Return the names of the roles in a response by id; empty if the server rejects an unknown pair."""
    if answer.listing is None:
        return {} if isinstance(answer.error, BadRequestError) else None
    return dict(_ids_and_names(answer.listing))


def _ids_and_names(listing: Listing[DecodedPage]) -> Iterator[tuple[str, str]]:
    for part in listing.parts:
        table = part.page.table
        rows = list(zip(table.column("id").to_pylist(), table.column("name").to_pylist(), strict=True))
        yield from rows if part.keep is None else (rows[at] for at in part.keep)
