"""sandbox: start and stop an embedded control plane with sample data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import click

from zenpro_nb import inventory
from zenpro_nb.commands.tool.status import status_card
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.files.variables import SANDBOX
from zenpro_nb.framework.declare import Arg, Command, CommandContext, Noun, Opt, command
from zenpro_nb.profiles import SAAS_URL, Settings, no_credential
from zenpro_nb.servers import sandbox_process
from zenpro_nb.session.session import Session

# The sandbox declares its own options, so they are passed on unchanged.
_PASS_ON: dict[str, Any] = {"ignore_unknown_options": True, "allow_interspersed_args": False}
_MISUSED = 2  # the sandbox's exit code for options that it does not accept
Options = Annotated[tuple[str, ...], Arg(click.UNPROCESSED, metavar="[OPTIONS]")]
IfNeeded = Annotated[bool, Opt(help="Start only if there is no credential; in an unattended run, fail instead.")]


class _WithOwnOptions(Command):
    """A command that takes the options of the sandbox."""

    @property
    def has_output_options(self) -> bool:
        """Return False: it returns no data that a front end could print in several formats."""
        return False

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options as the sandbox describes them, including `--help`."""
        text = sandbox_process.help_text(formatter.width)
        formatter.write_paragraph()
        formatter.write("Options:\n" + (text.partition("Options:\n")[2] or text))


_IN_A_SHELL = (
    "# Run a sandbox in this terminal until you press Ctrl-C. It prints export lines for another terminal",
    "sandbox run --port 8000",
    "# Show in the other terminal whether it is in use",
    "sandbox status",
    "# Start a sandbox, and JupyterLab with the notebooks",
    "demo",
)


class _DefaultVerbNoun(Noun):
    """A noun with a default verb: `run` in a terminal; in a notebook `start` with options and `status` without."""

    def examples_for(self, ctx: click.Context) -> Sequence[str]:
        """Return the examples: in a shell, a sandbox cannot be started in the background."""
        command_ctx = ctx.find_object(CommandContext)
        return _IN_A_SHELL if command_ctx is not None and not command_ctx.ui.is_persistent else self.examples

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words, and add the default verb if there is none."""
        command_ctx = ctx.find_object(CommandContext)
        only_options = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        if command_ctx is not None and only_options and not ctx.resilient_parsing:
            in_notebook = "start" if args else "status"
            args = [in_notebook if command_ctx.ui.is_persistent else "run", *args]
        return super().parse_args(ctx, args)


sandbox = _DefaultVerbNoun(
    name="sandbox",
    help="Run an embedded control plane with sample data. It is not ZenML Pro.\n\n"
    "Without a verb, `zenpro sandbox --port 8000` runs a sandbox in a terminal, and `%zenpro sandbox` shows in a "
    "notebook whether one is running.",
    examples=("# Start a sandbox in the background", "sandbox start", "# Show its address", "sandbox status"),
)


@command(kind=_WithOwnOptions, options_metavar="", context_settings=_PASS_ON)
def start(ctx: CommandContext, if_needed: IfNeeded = False, options: Options = ()) -> Any:
    """Start a sandbox in a notebook (in a shell: `sandbox run`).

    The commands that follow use it. If a sandbox is already running, zenpro continues to use it. The sandbox stops
    when this kernel stops. Use --if-needed in the first cell of a notebook: without a credential, it starts a sandbox
    in an interactive session or if ZENPRO_SANDBOX=1 is set. A scheduled run fails instead, so it never reports made-up
    data.

    The sandbox has two captures, one and two months old, for `diff`, `history` and `--at`. All captures of the sandbox
    are deleted when it stops.

    Examples:
        # Start a sandbox in the background
        sandbox start
    """
    session = ctx.session
    if not ctx.ui.is_persistent:
        raise UsageError(
            "`sandbox start` works only in a notebook: the sandbox stops with the process that started it",
            hint="Run `zenpro demo`, or `zenpro sandbox run` in a separate terminal.",
        )
    if if_needed and not _is_required(ctx):
        return None
    if session.sandbox is None or not session.sandbox.running:
        session.sandbox = sandbox_process.start(options)
        session.use(session.sandbox.settings)
        if session.sandbox_captures is not None:
            _write_sample_history(ctx)
    elif options:
        raise UsageError(
            f"A sandbox with different options is already running at {session.sandbox.url}",
            hint="Run `sandbox stop`, then start the sandbox again.",
        )
    session.use(session.sandbox.settings)
    return status_card(ctx)


def _write_sample_history(ctx: CommandContext) -> None:
    """Write captures of earlier months, so that `diff` and `history` have something to compare."""
    names = " and ".join(inventory.EARLIER_CAPTURES)
    try:
        with ctx.ui.progress("sample history", "read") as advance:
            inventory.write_sample_history(ctx.session, inventory.captures_in_use(ctx.session), advance)
    except ZenProError as error:
        # Everything else works without history.
        ctx.ui.warn(f"the captures {names} could not be written: {error}")
    else:
        ctx.ui.say(f"the captures {names} are sample history: try `diff 30d`")


def _is_required(ctx: CommandContext) -> bool:
    """Return whether a sandbox is the only server that can be used.

    Raises:
        CredentialError: there is no credential, and in an unattended run no one would notice that data is made up.
    """
    settings = ctx.session.settings
    if settings.credential is not None:
        return False
    if ctx.session.environ.get(SANDBOX) == "1":
        return True
    if not ctx.ui.is_interactive:
        raise no_credential(settings, is_unattended=True)
    # If a server was named, use that one: the first command prompts for its credential or reports why there is none.
    return settings.url == SAAS_URL and not settings.problem


sandbox.add_command(start)


@sandbox.verb
def stop(ctx: CommandContext) -> None:
    """Stop the sandbox, and use your own server again.

    Examples:
        # Return to your own server
        sandbox stop
    """
    session = ctx.session
    if session.sandbox is None:
        ctx.ui.say("no sandbox of this session is running")
        return
    url = session.sandbox.url
    session.leave_sandbox()
    ctx.ui.say(f"stopped the sandbox at {url}; now using {session.settings.url}")


@sandbox.verb
def status(ctx: CommandContext) -> None:
    """Show whether a sandbox is running, and where.

    Examples:
        # Show its address
        sandbox status
    """
    session, running = ctx.session, ctx.session.sandbox
    if running is not None and running.running:
        ctx.ui.say(f"a sandbox is running at {running.url}, process {running.process.pid}")
        return
    settings = session.settings
    if settings.credential is not None and session.is_sandbox():  # one that runs elsewhere
        ctx.ui.say(f"a sandbox is running at {settings.url}, and the next commands use it ({settings.source})")
    elif ctx.ui.is_persistent:
        ctx.ui.say("no sandbox of this session is running; start one with `sandbox start`")
    else:
        ctx.ui.say(
            "no sandbox is in use. Run `zenpro sandbox run` in another terminal: it prints the export lines for "
            "this one"
        )


@command(name="run", kind=_WithOwnOptions, options_metavar="", context_settings=_PASS_ON)
def run_(ctx: CommandContext, options: Options = ()) -> None:
    """Run a sandbox in this terminal until you press Ctrl-C.

    Without --db, it has two captures of sample history for `diff` and `history`. One of the export lines that it prints
    names their folder, which is deleted at the end.

    Examples:
        # Run a sandbox on a fixed port
        sandbox run --port 8000
    """
    if options and not options[0].startswith("-"):
        raise UsageError(
            f"`sandbox run` runs a sandbox, not a command such as {options[0]!r}",
            hint=f"Run `{ctx.ui.name} sandbox run` in one terminal. In another terminal, run the export lines that "
            "it prints, and then your command.",
        )
    code = sandbox_process.run_in_foreground(options, partial(_prepare_captures, ctx))
    if code == _MISUSED:
        raise UsageError(
            "The sandbox did not start", hint=f"See the reason above, and `{ctx.ui.name} sandbox run --help`."
        )
    if code not in (0, 130, -2):
        raise UsageError(f"The sandbox exited with code {code}", hint="See its output above.")


sandbox.add_command(run_)


def _prepare_captures(ctx: CommandContext, settings: Settings, folder: Path) -> None:
    session = Session()
    session.use(settings)
    try:
        inventory.write_sample_history(session, inventory.Captures(folder))
    finally:
        session.close()
    ctx.ui.say(f"The captures {' and '.join(inventory.EARLIER_CAPTURES)} are sample history: try `diff 30d` there.")
