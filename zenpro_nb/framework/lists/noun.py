"""Declare commands as functions: a noun whose bare call lists, and its verbs, each with a decorator.

The name of the function is the verb, its docstring the help, and its signature the parameters (see `signature`).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

import click

from zenpro_nb import query
from zenpro_nb.framework import writes
from zenpro_nb.framework.cli.command import Command, Group
from zenpro_nb.framework.cli.context import pass_ctx
from zenpro_nb.framework.cli.examples import examples_of, of_list
from zenpro_nb.framework.cli.root import LazyCommands
from zenpro_nb.framework.cli.signature import collect_options, parameter, parameters_of
from zenpro_nb.framework.lists.callback import PASSED, AfterRead, Reader, columns_by_option, list_callback
from zenpro_nb.framework.lists.get import get_command
from zenpro_nb.framework.lists.options import columns_epilog, filter_option, needs_organization, shape_options
from zenpro_nb.framework.lists.row_options import RowOptions
from zenpro_nb.framework.parameters.aliases import Org

if TYPE_CHECKING:
    from zenpro_nb.framework.writes.command_options import Prepare, WriteOptions
    from zenpro_nb.framework.writes.write_command import WriteCommand
    from zenpro_nb.resources import Resource

_DOC_SECTIONS = re.compile(r"\n\s*(Args|Returns|Raises|Examples?|Sources?):\n.*", re.DOTALL)
NOTHING: Mapping[str, Any] = {}


class Noun(Group):
    """A noun: called alone it lists, and its verbs act on one of its objects."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.verbs = LazyCommands()
        super().__init__(*args, commands=self.verbs, **kwargs)

    def verb(self, function: Callable[..., Any]) -> Command:
        """Declare a verb that changes nothing and returns the result of the function."""
        verb = command()(function)
        self.add_command(verb)
        return verb

    def write(
        self,
        *,
        name: str = "",
        filters: Resource | None = None,
        **how: Unpack[WriteOptions],
    ) -> Callable[[Prepare], Prepare]:
        """Declare a verb that changes something; see `write`. It is built on its first use: a list needs none of it."""

        def declare(function: Prepare) -> Prepare:
            verb = name or _name_of(function)
            self.verbs.register(verb, lambda: write(name=verb, filters=filters, **how)(function))
            return function

        return declare

    def listing(
        self, resource: Resource, *, name: str = "", row_options: Mapping[str, Any] = NOTHING
    ) -> Callable[[Reader], Command]:
        """Declare a verb that lists, such as `teams members`; see `listing`."""

        def declare(function: Reader) -> Command:
            verb = listing(resource, name=name or _name_of(function), row_options=row_options)(function)
            self.add_command(verb)
            return verb

        return declare


def noun(
    resource: Resource,
    *,
    name: str = "",
    get: bool = False,
    read: Reader | None = None,
    stream_to: Reader | None = None,
    leave_out: Collection[str] = (),
    epilog: str = "",
    examples: Sequence[str] = (),
    after_read: AfterRead | None = None,
    shows: Mapping[str, Resource] = NOTHING,
    elsewhere: tuple[Resource, Callable[..., query.Where]] | None = None,
    row_options: Mapping[str, Any] = NOTHING,
) -> Noun:
    """Return the noun of a resource; its bare call lists.

    Args:
        name: the word that users type; by default the resource's noun.
        get: it has the verb `get`, which shows one object by name or id.
        read: reads the list: called with the context, the options and its own parameters; by default the list is read
            unchanged.
        stream_to: writes the list into a folder, if `--save` names one; called as `read` is.
        leave_out: parameters of `read` and `stream_to` that make no sense for this resource.
        epilog: the last paragraph of the help; by default the columns.
        examples: lines for the help; by default those in the docstring of `read`, or lines built from the resource.
        after_read: called with the rows after the result is delivered; can raise an error.
        shows: the resource whose columns the list shows with an option, by the name of its parameter.
        elsewhere: the resource that the list and `get` show from another server, see `get_command`.
        row_options: options that select rows, by the name of their parameter, see `RowOptions`.
    """
    rows = RowOptions(resource, row_options)
    other = elsewhere[0] if elsewhere is not None else None
    columns_for = columns_by_option(resource, {**shows, **({"workspace": other} if other is not None else {})}, other)
    group = Noun(
        name=name or resource.noun,
        invoke_without_command=True,
        callback=list_callback(resource, rows, read, stream_to, leave_out, after_read, columns_for),
        params=_listing_params(resource, rows, read, leave_out),
        shared=shape_options(resource),
        examples=examples or (examples_of(read) if read is not None else ()) or of_list(resource, name),
        help=resource.help,
        epilog=epilog or columns_epilog(resource),
    )
    group.lists = resource
    if get:
        group.add_command(get_command(resource, elsewhere=elsewhere))
    return group


def listing(
    resource: Resource,
    *,
    name: str = "",
    epilog: str = "",
    leave_out: Collection[str] = (),
    columns_for: Callable[..., Resource] | None = None,
    after_read: AfterRead | None = None,
    picture: Callable[..., Any] | None = None,
    body: bool = False,
    row_options: Mapping[str, Any] = NOTHING,
) -> Callable[[Reader], Command]:
    """Declare a command that lists; its function is called as the `read` of a noun.

    Args:
        name: the word that users type; by default the resource's noun.
        epilog: the last paragraph of the help; by default the columns.
        leave_out: options of every list that make no sense for this one.
        columns_for: for a frame whose columns depend on the parameters: called with the context and the function's
            own parameters, returns the resource that declares them. `resource` then has them all, for Tab and the help.
        after_read: called with the rows after the result is delivered; can raise an error.
        picture: returns the chart of `--plot`: called with the DataFrame, a note and the function's own parameters. By
            default the chart shows the number of rows per day.
        body: the command receives the cell text below its `%%zenpro` line unchanged, as the context's `body`.
        row_options: options that select rows, by the name of their parameter, see `RowOptions`.
    """
    rows = RowOptions(resource, row_options)

    def declare(function: Reader) -> Command:
        list_command = Command(
            name=name or resource.noun,
            callback=list_callback(
                resource, rows, function, columns_for=columns_for, after_read=after_read, picture=picture
            ),
            params=_listing_params(resource, rows, function),
            shared=[option for option in shape_options(resource) if option.name not in leave_out],
            examples=examples_of(function),
            help=resource.help,
            epilog=epilog or columns_epilog(resource),
        )
        list_command.lists = resource
        list_command.takes_body = body
        return list_command

    return declare


def command(
    *,
    name: str = "",
    epilog: str | None = None,
    short_help: str | None = None,
    shape: Resource | None = None,
    kind: type[Command] = Command,
    **more: Any,
) -> Callable[[Callable[..., Any]], Command]:
    """Declare a command that is neither a list nor a write; it returns the result of its function.

    Args:
        name: the word that users type, if it is not the function's name.
        epilog: the last paragraph of the help.
        short_help: the summary in the list of commands; by default the first sentence of the help.
        shape: adds the options that shape a list of this resource, and passes them to the function as `**shape`.
        kind: the class of the command.
        more: further arguments of that class.
    """

    def declare(function: Callable[..., Any]) -> Command:
        return kind(
            name=name or _name_of(function),
            callback=pass_ctx(collect_options(function)),
            params=parameters_of(function),
            shared=shape_options(shape) if shape is not None else (),
            examples=examples_of(function),
            help=help_of(function),
            epilog=epilog,
            short_help=short_help,
            **more,
        )

    return declare


def write(
    *,
    name: str = "",
    filters: Resource | None = None,
    **how: Unpack[WriteOptions],
) -> Callable[[Prepare], WriteCommand]:
    """Declare a command that changes something: its function looks up names and returns the writes to send.

    Args:
        name: the word that users type, if it is not the function's name.
        filters: the resource whose filters select the objects to change; the function takes them as `**filters`.
        how: see `WriteOptions`.
    """

    def declare(function: Prepare) -> WriteCommand:
        return writes.write_command.WriteCommand(
            name or _name_of(function),
            prepare=collect_options(function),
            params=[
                *parameters_of(function),
                *(filter_option(condition) for condition in (filters.filters if filters else ())),
            ],
            help=help_of(function),
            examples=examples_of(function),
            **how,
        )

    return declare


def help_of(function: Callable[..., Any]) -> str:
    """Return the part of a docstring that serves as help for users: everything above its sections."""
    text = inspect.cleandoc(function.__doc__ or "")
    return _DOC_SECTIONS.sub("", text).rstrip()


def _listing_params(
    resource: Resource, rows: RowOptions, read: Reader | None, leave_out: Collection[str] = ()
) -> list[click.Parameter]:
    """Return the parameters that not every list has: the listing's own, and the API's filters."""
    own = parameters_of(read, (*PASSED, *leave_out)) if read is not None else []
    if needs_organization(resource) and not any(param.name == "org" for param in own):
        own = [*own, parameter("org", Org)]
    return [*own, *rows.params, *(filter_option(filter_) for filter_ in resource.filters)]


def _name_of(function: Callable[..., Any]) -> str:
    return function.__name__.rstrip("_").replace("_", "-")
