"""Commands as functions: a noun whose bare call lists, and its verbs, each declared by a decorator.

The name of a function is the verb, its docstring the help, its signature the parameters (see `signature`).
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import click
from msgspec.structs import replace

from zenpro_nb import frames, query
from zenpro_nb.errors import SaveError
from zenpro_nb.files.paths import expanded
from zenpro_nb.framework.cli.command import Command, Group
from zenpro_nb.framework.cli.context import CommandContext, pass_ctx
from zenpro_nb.framework.cli.examples import examples_of, of_list
from zenpro_nb.framework.cli.signature import parameter, parameters_of
from zenpro_nb.framework.lists import at_capture, reading, streaming
from zenpro_nb.framework.lists.get import get_command
from zenpro_nb.framework.lists.options import (
    columns_epilog,
    filter_option,
    needs_organization,
    options_from,
    shape_options,
)
from zenpro_nb.framework.parameters.aliases import Org
from zenpro_nb.framework.writes.write_command import Prepare, WriteCommand, WriteOptions

if TYPE_CHECKING:
    from zenpro_nb.resources import Resource

Reader = Callable[..., Any]  # (runtime, asked, **own) -> DataFrame
AfterRead = Callable[..., None]  # (runtime, result, DataFrame, own)
_SECTIONS = re.compile(r"\n\s*(Args|Returns|Raises|Examples?|Sources?):\n.*", re.DOTALL)
_OF_READERS = ("options",)


class Noun(Group):
    """A noun: calling it alone lists, its verbs do something to one of its things."""

    def verb(self, function: Callable[..., Any]) -> Command:
        """Declare a verb that changes nothing, and returns what the function returns."""
        made = command()(function)
        self.add_command(made)
        return made

    def write(
        self,
        *,
        name: str = "",
        filters: Resource | None = None,
        **how: Unpack[WriteOptions],
    ) -> Callable[[Prepare], WriteCommand]:
        """Declare a verb that changes something: see `write`."""

        def declare(function: Prepare) -> WriteCommand:
            made = write(name=name, filters=filters, **how)(function)
            self.add_command(made)
            return made

        return declare

    def listing(self, resource: Resource, *, name: str = "") -> Callable[[Reader], Command]:
        """Declare a verb that lists, such as `teams members`: see `listing`."""

        def declare(function: Reader) -> Command:
            made = listing(resource, name=name or _name_of(function))(function)
            self.add_command(made)
            return made

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
    columns_for: Callable[..., Resource] | None = None,
    elsewhere: tuple[Resource, Callable[..., query.Where]] | None = None,
) -> Noun:
    """Return the noun of a resource; its bare call lists.

    Args:
        name: what people type; the resource's noun when left out.
        get: it has the verb `get`, which shows one thing by name or id.
        read: how it is read: called with the runtime, what was asked, and its own parameters; as one plain list when
            left out.
        stream_to: how it is written into a folder, where `--save` names one; called as `read` is.
        leave_out: parameters of `read` and `stream_to` that make no sense for this resource.
        epilog: the last paragraph of the help; the columns when left out.
        examples: lines for its help; those of the docstring of `read`, or made from the resource, when left out.
        after_read: looks at what was read and handed over, and may fail.
        columns_for: see `listing`.
        elsewhere: what `get` shows from another server, see `get_command`.
    """
    made = Noun(
        name=name or resource.noun,
        invoke_without_command=True,
        callback=_list_callback(resource, read, stream_to, leave_out, after_read, columns_for),
        params=_listing_params(resource, read, leave_out),
        shared=shape_options(resource),
        examples=examples or (examples_of(read) if read is not None else ()) or of_list(resource, name),
        help=resource.help,
        epilog=epilog or columns_epilog(resource),
    )
    made.lists = resource
    if get:
        made.add_command(get_command(resource, elsewhere=elsewhere))
    return made


def listing(
    resource: Resource,
    *,
    name: str = "",
    epilog: str = "",
    leave_out: Collection[str] = (),
    columns_for: Callable[..., Resource] | None = None,
    after_read: AfterRead | None = None,
    body: bool = False,
) -> Callable[[Reader], Command]:
    """Declare a command that lists; its function is called as the `read` of a noun.

    Args:
        name: what people type; the resource's noun when left out.
        epilog: the last paragraph of the help; the columns when left out.
        leave_out: options of every list that make no sense for this one.
        columns_for: for a frame whose columns depend on the parameters: called with the context and the function's
            own parameters, returns the resource that declares them. `resource` then has them all, for Tab and the help.
        after_read: looks at what was read and handed over, and may fail.
        body: the cell below `%%zenpro` and its line is handed to it as it stands, as the runtime's `body`.
    """

    def declare(function: Reader) -> Command:
        made = Command(
            name=name or resource.noun,
            callback=_list_callback(resource, function, columns_for=columns_for, after_read=after_read),
            params=_listing_params(resource, function),
            shared=[option for option in shape_options(resource) if option.name not in leave_out],
            examples=examples_of(function),
            help=resource.help,
            epilog=epilog or columns_epilog(resource),
        )
        made.lists = resource
        made.takes_body = body
        return made

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
    """Declare a command that is neither a list nor a write; it returns what its function returns.

    Args:
        name: what people type, where it is not the function's name.
        epilog: the last paragraph of the help.
        short_help: what the list of commands says; the first sentence of the help when left out.
        shape: the options that shape a list of this resource are added, and given to the function as `**shape`.
        kind: the class that is made.
        more: further arguments of that class.
    """

    def declare(function: Callable[..., Any]) -> Command:
        return kind(
            name=name or _name_of(function),
            callback=pass_ctx(function),
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
    """Declare a command that changes something: its function looks names up and returns what would be sent.

    Args:
        name: what people type, where it is not the function's name.
        filters: its filters choose what the write is about; the function takes them as `**filters`.
        how: see `WriteOptions`.
    """

    def declare(function: Prepare) -> WriteCommand:
        return WriteCommand(
            name or _name_of(function),
            prepare=function,
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
    """Return the part of a docstring that people read who type the command: all that stands above its sections."""
    text = inspect.cleandoc(function.__doc__ or "")
    return _SECTIONS.sub("", text).rstrip()


def _list_callback(
    resource: Resource,
    read: Reader | None,
    stream_to: Reader | None = None,
    leave_out: Collection[str] = (),
    after_read: AfterRead | None = None,
    columns_for: Callable[..., Resource] | None = None,
) -> Callable[..., Any]:
    """Return what a listing does when it is called without a verb: read, shape, hand over."""
    params = parameters_of(read, (*_OF_READERS, *leave_out)) if read is not None else []
    own = [param.name or "" for param in params]

    @click.pass_context
    @pass_ctx
    def call(run: CommandContext, ctx: click.Context, **given: Any) -> Any:
        if ctx.invoked_subcommand is not None:
            _refuse_options(ctx)
            return None
        mine = {name: given[name] for name in own}
        options = {name: value for name, value in given.items() if name == "org" or name not in mine}
        listed = columns_for(run, **mine) if columns_for is not None else resource
        asked = options_from(options, listed, run.session.clock.now())
        if asked.at is not None:
            reading.check_files(resource, asked)
            return reading.deliver(run, at_capture.read_list(run, resource, asked, ctx.command.params, mine), asked)
        if stream_to is not None and (folders := [path for path in asked.save if _is_folder(path)]):
            written = [stream_to(run, replace(asked, save=(folder,)), **mine) for folder in folders]
            asked = replace(asked, save=tuple(path for path in asked.save if path not in folders))
            if not asked.save:
                return reading.hand_over(run, written[-1], asked)
        reading.check_files(resource, asked)
        how = partial(reading.read_list, run, resource) if read is None else partial(read, run, **mine)
        frame = streaming.read(run, listed, asked, how, needs_frame=after_read is not None)
        if frame is None:
            return None
        result = reading.deliver(run, frame, asked, listed)
        if after_read is not None:
            after_read(run, result, asked.where.rows(frames.as_frame(frame)) if asked.where else frame, mine)
        return result

    return call


def _listing_params(resource: Resource, read: Reader | None, leave_out: Collection[str] = ()) -> list[click.Parameter]:
    """Return the parameters of a listing that not every list has: its own, and the API's filters."""
    own = parameters_of(read, (*_OF_READERS, *leave_out)) if read is not None else []
    if needs_organization(resource) and not any(param.name == "org" for param in own):
        own = [*own, parameter("org", Org)]
    return [*own, *(filter_option(filter_) for filter_ in resource.filters)]


def _is_folder(path: str) -> bool:
    """Return whether somebody means a folder: the name ends with a slash, or there is one."""
    return path.endswith(("/", os.sep)) or expanded(path, SaveError).is_dir()


def _refuse_options(ctx: click.Context) -> None:
    """Refuse an option of the list before a verb: it would silently do nothing."""
    for param in ctx.command.params:
        source = ctx.get_parameter_source(param.name or "")
        if source is click.core.ParameterSource.COMMANDLINE:
            ctx.fail(f"{param.opts[0]} belongs to the list, and {ctx.invoked_subcommand!r} would ignore it")


def _name_of(function: Callable[..., Any]) -> str:
    return function.__name__.rstrip("_").replace("_", "-")
