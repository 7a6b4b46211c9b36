"""Every list, and one of each: read by one rule from the table of lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from zenpro_nb.sandbox.errors import BadValueError
from zenpro_nb.sandbox.workspace_api import breaking
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Item, Thing
from zenpro_nb.sandbox.workspace_api.items.stacks import PROJECT, Secret
from zenpro_nb.sandbox.workspace_api.listings import Listing
from zenpro_nb.sandbox.workspace_api.paging import Page, in_order
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError, SwitchedOffError
from zenpro_nb.sandbox.workspace_api.rights import READ, READ_SECRET
from zenpro_nb.sandbox.workspace_api.visit import Handler, Visit

AND, OR = "and", "or"


def list_of(listing: Listing) -> Handler:
    """Return the handler of `GET /api/v1/ROUTE`."""

    def handler(visit: Visit) -> object:
        # In this order (0.98.0, observed): who names no project is not told first what is switched off.
        project = _project(visit) if listing.kind.scoped else None
        _require_feature(listing, visit)
        items = visit.world.all(listing.kind, visit.now)
        return page_of(listing, visit, [item for item in items if project is None or item.project is project])

    return handler


def one_of(listing: Listing) -> Handler:
    """Return the handler of `GET /api/v1/ROUTE/{item_id}`."""

    def handler(visit: Visit) -> object:
        _require_feature(listing, visit)
        item: Item
        if listing.by_name:
            item = visit.world.named(listing.kind, visit.path["item_id"], visit.now)
        else:
            item = find(visit, listing.kind)
        visit.rights.require(READ, item)
        shown = visit.envelope.shown(item, hydrate=visit.hydrate(True))
        if isinstance(item, Secret) and visit.rights.may(READ_SECRET, item):
            shown["body"] = {**shown["body"], "values": item.values}
        return shown

    return handler


def find(visit: Visit, kind: DataType[Thing], parameter: str = "item_id") -> Thing:
    """Return the thing whose id stands in the route."""
    text = visit.path[parameter]
    try:
        key = str(UUID(text))
    except ValueError:
        message = f"Input should be a valid UUID, invalid length: found {len(text)}"
        raise InvalidRequestError("uuid_parsing", ("path", parameter), message, text) from None
    return visit.world.get(kind, key, visit.now)


def page_of(listing: Listing, visit: Visit, items: Sequence[Item]) -> object:
    """Return the page of those things that fit the filters and may be read."""
    page = Page.of(visit.query, visit.door.context.options.page_cap)
    hydrate = visit.hydrate(False)
    fits = _filter(listing, visit)
    seen = [item for item in items if visit.rights.may_read(item) and fits(item)]
    ordered = in_order(seen, visit.query.get("sort_by", "created"), listing.sortable(), visit.now)
    rows = page.cut(ordered)
    breaking.check(visit.door.workspace.name, listing.route, (page.number - 1) * page.size + len(rows))
    return page.envelope(len(ordered), visit.envelope.all(rows, hydrate=hydrate))


def _filter(listing: Listing, visit: Visit) -> Callable[[Item], bool]:
    """Return whether a thing fits all filters that were given, or any of them with `logical_operator=or`."""
    operator = visit.query.get("logical_operator", AND)
    if operator not in (AND, OR):
        raise InvalidRequestError("enum", ("query", "logical_operator"), "Input should be 'or' or 'and'", operator)
    given = visit.door.request.query_params.multi_items()
    missing = listing.defaults.keys() - {name for name, _ in given}
    given += [(name, listing.defaults[name]) for name in missing]
    fields = [(listing.field(name), name, text) for name, text in given]
    tests = [field.test(name, text) for field, name, text in fields if field is not None]
    if operator == OR and tests:
        return lambda item: any(test(item, visit.now) for test in tests)
    return lambda item: all(test(item, visit.now) for test in tests)


def _project(visit: Visit) -> Item:
    """Return the project that is asked about. In ZenML Pro none is the default one (API facts 9.3)."""
    # `project_name_or_id` is the older name, which the server still takes.
    text = visit.query.get("project") or visit.query.get("project_name_or_id")
    if not text:
        raise BadValueError("Project scope missing from the filter")
    return visit.world.named(PROJECT, text, visit.now)


def _require_feature(listing: Listing, visit: Visit) -> None:
    if listing.feature and listing.feature not in visit.world.features:
        raise SwitchedOffError(f"{listing.feature} is not enabled")
