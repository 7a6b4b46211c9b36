"""The handlers of every list and of its items, from the table of lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from zenpro_nb.sandbox.errors import BadValueError
from zenpro_nb.sandbox.workspace_api import unreliable
from zenpro_nb.sandbox.workspace_api.calls import Handler, WorkspaceCall
from zenpro_nb.sandbox.workspace_api.items.base import DataType, Item, Thing
from zenpro_nb.sandbox.workspace_api.items.stacks import PROJECT, Secret
from zenpro_nb.sandbox.workspace_api.listings import Listing
from zenpro_nb.sandbox.workspace_api.paging import Page, sort_items
from zenpro_nb.sandbox.workspace_api.problems import InvalidRequestError, SwitchedOffError
from zenpro_nb.sandbox.workspace_api.rights import READ, READ_SECRET

AND, OR = "and", "or"


def list_handler(listing: Listing) -> Handler:
    """Return the handler of `GET /api/v1/ROUTE`."""

    def handler(call: WorkspaceCall) -> object:
        # In this order (0.98.0, observed): a missing project is reported before a disabled feature.
        # `project_name_or_id` is the old name, which the server still accepts.
        name_or_id = call.query.get("project") or call.query.get("project_name_or_id")
        project = project_of(call, name_or_id) if listing.kind.scoped else None
        _require_feature(listing, call)
        items = call.world.all(listing.kind, call.now)
        return page_of(listing, call, [item for item in items if project is None or item.project is project])

    return handler


def item_handler(listing: Listing) -> Handler:
    """Return the handler of `GET /api/v1/ROUTE/{item_id}`."""

    def handler(call: WorkspaceCall) -> object:
        _require_feature(listing, call)
        item: Item
        if listing.by_name:
            item = call.world.find_by_name(listing.kind, call.path["item_id"], call.now)
        else:
            item = find(call, listing.kind)
        call.rights.require(READ, item)
        item_shown = call.envelope.item_body(item, hydrate=call.hydrate(True))
        if isinstance(item, Secret) and call.rights.may(READ_SECRET, item):
            item_shown["body"] = {**item_shown["body"], "values": item.values}
        return item_shown

    return handler


def find(call: WorkspaceCall, kind: DataType[Thing], parameter: str = "item_id") -> Thing:
    """Return the item whose id is in the route."""
    text = call.path[parameter]
    try:
        key = str(UUID(text))
    except ValueError:
        message = f"Input should be a valid UUID, invalid length: found {len(text)}"
        raise InvalidRequestError("uuid_parsing", ("path", parameter), message, text) from None
    return call.world.get(kind, key, call.now)


def page_of(listing: Listing, call: WorkspaceCall, items: Sequence[Item]) -> object:
    """Return the page of the items that match the filters and are readable."""
    page = Page.of(call.query, call.ctx.context.options.page_cap)
    hydrate = call.hydrate(False)
    matches = matching(listing, call, call.ctx.request.query_params.multi_items())
    visible = [item for item in items if matches(item) and call.rights.may_read(item)]
    ordered = sort_items(visible, call.query.get("sort_by", "created"), listing.sortable(), call.now)
    rows = page.rows(ordered)
    unreliable.check(call.ctx.workspace.name, listing.route, (page.number - 1) * page.size + len(rows))
    return page.envelope(len(ordered), call.envelope.all(rows, hydrate=hydrate))


def matching(listing: Listing, call: WorkspaceCall, pairs: Sequence[tuple[str, str]]) -> Callable[[Item], bool]:
    """Return a predicate for items that match all given filters, or any of them with `logical_operator=or`."""
    filters = list(pairs)
    operator = dict(filters).get("logical_operator", AND)
    if operator not in (AND, OR):
        raise InvalidRequestError("enum", ("query", "logical_operator"), "Input should be 'or' or 'and'", operator)
    missing = listing.defaults.keys() - {name for name, _ in filters}
    filters += [(name, listing.defaults[name]) for name in missing]
    fields = [(listing.field(name), name, text) for name, text in filters]
    tests = [field.test(name, text) for field, name, text in fields if field is not None]
    if operator == OR and tests:
        return lambda item: any(test(item, call.now) for test in tests)
    return lambda item: all(test(item, call.now) for test in tests)


def project_of(call: WorkspaceCall, name_or_id: str | None) -> Item:
    """Return the requested project. ZenML Pro has no default project (API facts 9.3)."""
    if not name_or_id:
        raise BadValueError("Project scope missing from the filter")
    return call.world.find_by_name(PROJECT, name_or_id, call.now)


def _require_feature(listing: Listing, call: WorkspaceCall) -> None:
    if listing.feature and listing.feature not in call.world.features:
        raise SwitchedOffError(f"{listing.feature} is not enabled")
