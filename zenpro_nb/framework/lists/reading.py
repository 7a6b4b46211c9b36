"""How listings are read, and how their frames are shaped and handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from zenpro_nb import frames, query
from zenpro_nb.errors import SaveError, UsageError
from zenpro_nb.framework.cli.context import Runtime
from zenpro_nb.framework.lists.options import NOTHING, PANDAS, Asked, needs_organization
from zenpro_nb.framework.lists.where import handed
from zenpro_nb.resources import RESOURCES, Resource
from zenpro_nb.syntax.counts import counted

if TYPE_CHECKING:
    import pandas as pd

_TIME = "created"  # what a picture counts by; every page has it, which is not so of the times of a run
_PICTURE = ".svg"
CHANGED = "the list changed while it was read; every row that stayed is here once"


def plain(runtime: Runtime, resource: Resource, asked: Asked) -> frames.Table:
    """Read one list as it is."""
    return read_query(runtime, query_of(runtime, resource, asked), asked)


def is_printed(runtime: Runtime, asked: Asked) -> bool:
    """Return whether the rows are only printed, as they come: then they need no DataFrame.

    Options that order or choose rows, draw them or write them into files work on a DataFrame.
    """
    needs_frame = asked.where or asked.sort or asked.plot or asked.save or asked.raw or asked.as_ != PANDAS
    return runtime.face.prints_rows and not needs_frame


def query_of(runtime: Runtime, resource: Resource, asked: Asked, **ids: str) -> query.Query:
    """Return the query that the options ask for, with names exchanged for ids."""
    if needs_organization(resource) and "organization_id" not in ids:
        ids["organization_id"] = query.organization(runtime.session, asked.org).id
    return query.Query(
        resource,
        ids=ids,
        params=named_filters(runtime, resource, asked, ids),
        limit=None if asked.sort else asked.limit,
        columns=wanted_columns(resource, asked),
        raw=asked.raw,
        where=asked.where,
        printed=is_printed(runtime, asked),
    )


def read_query(runtime: Runtime, wanted: query.Query, asked: Asked) -> frames.Table:
    """Read with a progress bar, and say so when the list changed meanwhile.

    What goes into files while it is read comes back as a frame without rows.
    """
    with runtime.face.progress(wanted.resource.noun) as advance:
        if asked.into is None:
            frame = query.read(runtime.session, wanted, advance)
        else:
            frame = query.stream(runtime.session, wanted, asked.into, partial(chosen, asked), advance)
    if frame.attrs["zenpro"]["changed"]:
        runtime.face.warn(CHANGED)
    return frame


def chosen(asked: Asked, frame: frames.Table) -> frames.Table:
    """Return the rows and columns that are wanted of some rows."""
    if asked.where:
        frame = frames.as_frame(frame)
        frame = asked.where.rows(frame)
    return frame[frames.choose_columns(frame, asked.columns)] if asked.columns else frame


def named_filters(runtime: Runtime, resource: Resource, asked: Asked, ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the filters under the API's names, and the conditions that they can say.

    A filter that names a thing gets its id.
    """
    found: dict[str, Any] = {}
    for one in resource.filters:
        value = asked.filters.get(one.name)
        if value is not None and one.names:
            where = organization_of(runtime, one.names, asked, ids)
            value = query.find(runtime.session, one.names, value, where, remembered=True).id
        found[one.name] = value
    return {**found, **handed(resource, asked.where, asked.filters).params}


def organization_of(runtime: Runtime, noun: str, asked: Asked, ids: Mapping[str, str]) -> dict[str, str]:
    """Return what a query of this noun needs: the organization's id, where its route names one."""
    if not needs_organization(RESOURCES[noun]):
        return {}
    return {"organization_id": ids.get("organization_id") or query.organization(runtime.session, asked.org).id}


def wanted_columns(resource: Resource, asked: Asked) -> list[str] | None:
    """Return the columns to decode: those asked for, those that sort, and those that choose rows; None for all.

    Raises:
        UnknownNameError: the resource has no such column.
    """
    if asked.raw or resource.open:
        return None
    frames.check_columns(resource, [*_split(asked.columns), *sorting(asked)])
    if not asked.columns:
        return None
    drawn = [_TIME, resource.plotted] if asked.plot else []
    return list(dict.fromkeys([*_split(asked.columns), *sorting(asked), *asked.where.names, *drawn]))


def sorting(asked: Asked) -> list[str]:
    """Return the columns that the rows are ordered by."""
    return [name.removeprefix("-") for name in _split(asked.sort)]


def check_files(resource: Resource, asked: Asked) -> None:
    """Refuse a picture, a file or a form of the result that cannot be made, before anything is read.

    Raises:
        MissingExtraError: the form of the result, or of a file, needs a package that is not installed.
        UsageError: a picture would be drawn of columns that `--raw` does not have.
        SaveError: a file is meant for a picture, and none was asked for, or one could not be written by its name.
    """
    frames.check_format(asked.as_)
    if asked.plot and asked.raw:
        raise UsageError("--raw has no fixed columns, and a picture needs them", hint="Leave one of them out.")
    pictures = [path for path in asked.save if is_picture(path)]
    if resource.plotted and not asked.plot and pictures:
        raise SaveError(f"{pictures[0]!r} is a file for a picture", hint="Add --plot, or save a table.")
    if tables := _tables(asked):
        frames.savable(tables, document=resource.document)


def is_picture(path: str) -> bool:
    """Return whether the name of a file is that of a picture."""
    return path.lower().endswith(_PICTURE)


def deliver(runtime: Runtime, frame: frames.Table, asked: Asked, resource: Resource | None = None) -> Any:
    """Choose rows, sort, cut, draw, save and convert a frame, as the options say; `resource` says how it is drawn."""
    if asked.where:
        frame = asked.where.rows(frames.as_frame(frame))
    if asked.sort:
        frame = frames.sort(frames.as_frame(frame), asked.sort)
    if asked.limit is not None and len(frame) > asked.limit:
        frame = cut(frame, asked.limit)
    if asked.plot and resource is not None:
        draw(runtime, frames.as_frame(frame), resource, asked)
    if asked.columns:
        frame = frame[frames.choose_columns(frame, asked.columns)]
    if files := _tables(asked):
        for path in frames.save_all(frames.as_frame(frame), files):
            runtime.face.say(f"saved {counted(len(frame), 'row')} to {path}")
    return hand_over(runtime, frame, asked)


def _tables(asked: Asked) -> list[str]:
    """Return the files that the rows themselves are written to."""
    return [path for path in asked.save if not (asked.plot and is_picture(path))]


def hand_over(runtime: Runtime, frame: frames.Table, asked: Asked) -> Any:
    """Convert a frame, and put it into the variable that was named; return nothing where nothing is to be kept."""
    if asked.as_ == NOTHING:
        return None
    result = frame if asked.as_ == PANDAS else frames.convert(frames.as_frame(frame), asked.as_)
    if asked.out:
        runtime.face.assign(asked.out, result)
    return result


def draw(runtime: Runtime, frame: pd.DataFrame, resource: Resource, asked: Asked) -> None:
    """Show how many a day there are in a frame, by state, and save the drawing into the files that are meant for it."""
    facts = frame.attrs["zenpro"]
    # Rows that were chosen are never the complete list, and may still be all of those that fit.
    lacking = facts.get("failed") or not (facts["complete"] or (asked.where and len(frame) != asked.limit))
    from zenpro_nb.pictures.timeline import Timeline  # as seldom as somebody wants a picture

    drawing = Timeline.of(frame, resource.noun, _TIME, resource.plotted, "not complete" if lacking else "")
    runtime.face.picture(drawing)
    for name in filter(is_picture, asked.save):
        path = frames.save_text(drawing.svg(saved=True), name)
        runtime.face.say(f"saved the picture to {path}")


def cut(frame: frames.Table, limit: int) -> frames.Table:
    """Return the first rows, with attrs that say that there are more."""
    first = frame.head(limit)
    first.attrs["zenpro"] = {**frame.attrs["zenpro"], "rows": limit, "complete": False}
    return first


def made(
    runtime: Runtime,
    resource: Resource,
    records: Sequence[Mapping[str, Any]],
    asked: Asked,
    *,
    route: str,
    filters: Mapping[str, Any] | None = None,
    **facts: Any,
) -> frames.Table:
    """Return a frame of records that a command has put together itself, or `Rows` where they are only printed.

    `facts` are those of `query.read_records`.
    """
    columns = wanted_columns(resource, asked)
    rows = frames.rows_of_records(resource, records, columns) if is_printed(runtime, asked) else None
    frame = frames.from_records(resource, records, columns, raw=asked.raw) if rows is None else rows
    query.note(runtime.session, frame, route=route, filters=filters, **facts)
    if facts.get("changed"):
        runtime.face.warn(CHANGED)
    return frame


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]
