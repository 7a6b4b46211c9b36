"""sandbox: an embedded control plane to try things on."""

from __future__ import annotations

from typing import Annotated, Any

import click

from zenpro_nb.commands.tool.status import status_card
from zenpro_nb.errors import UsageError
from zenpro_nb.files.variables import SANDBOX
from zenpro_nb.framework.cli.command import Command
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Arg, Opt
from zenpro_nb.framework.lists.noun import Noun, command
from zenpro_nb.profiles import SAAS_URL, no_credential
from zenpro_nb.servers import sandbox_process

# The options are the sandbox's own, declared there and passed on as they are typed.
_PASS_ON: dict[str, Any] = {"ignore_unknown_options": True, "allow_interspersed_args": False}
Options = Annotated[tuple[str, ...], Arg(click.UNPROCESSED, metavar="[OPTIONS]")]
IfNeeded = Annotated[bool, Opt(help="Only where there is no credential, and fail there if nobody is watching.")]


class _WithOwnOptions(Command):
    """A command whose options are those of the sandbox itself."""

    @property
    def has_output_options(self) -> bool:
        """Return False: it returns no data that a face could print in several ways."""
        return False

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options as the sandbox describes them, `--help` among them."""
        text = sandbox_process.help_text(formatter.width)
        formatter.write_paragraph()
        formatter.write("Options:\n" + (text.partition("Options:\n")[2] or text))


class _Bare(Noun):
    """The noun alone, or with options only, does what is meant there: a terminal runs one, a notebook starts one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words with the verb that was left out."""
        run = ctx.find_object(CommandContext)
        only_options = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        if run is not None and only_options and not ctx.resilient_parsing:
            in_notebook = "start" if args else "status"
            args = [in_notebook if run.ui.is_persistent else "run", *args]
        return super().parse_args(ctx, args)


sandbox = _Bare(
    name="sandbox",
    help="An embedded control plane with made-up data, to try things on. It is not ZenML Pro, and says so.\n\n"
    "Without a verb a terminal runs one (`zenpro sandbox --port 8000`), and a notebook says whether one is running.",
    examples=("sandbox start", "sandbox status"),
)


@command(kind=_WithOwnOptions, options_metavar="", context_settings=_PASS_ON)
def start(ctx: CommandContext, if_needed: IfNeeded = False, options: Options = ()) -> Any:
    """Start one, and speak to it from now on; the one that is running is kept. It ends with this kernel.

    For the first cell of a notebook there is --if-needed: it starts one only where there is no credential, and somebody
    is there to see that the data is made up, or ZENPRO_SANDBOX=1 is set. A scheduled run that lost its secret fails.

    Examples:
        sandbox start
    """
    session = ctx.session
    if not ctx.ui.is_persistent:
        raise UsageError(
            "A sandbox ends with the process that starts it, and a shell command ends at once",
            hint="Use `zenpro sandbox run` in a terminal of its own, or `zenpro demo`.",
        )
    if if_needed and not _needed(ctx):
        return None
    if session.sandbox is None or not session.sandbox.running:
        session.sandbox = sandbox_process.start(options)
    elif options:
        raise UsageError(
            f"A sandbox is running at {session.sandbox.url}, with other options",
            hint="Stop it with `sandbox stop`, then start the new one.",
        )
    session.use(session.sandbox.settings)
    return status_card(ctx)


def _needed(ctx: CommandContext) -> bool:
    """Tell whether there is no server to speak to but a sandbox.

    Raises:
        CredentialError: there is none, and nobody would see that the data of a sandbox is made up.
    """
    settings = ctx.session.settings
    if settings.credential is not None:
        return False
    if ctx.session.environ.get(SANDBOX) == "1":
        return True
    if not ctx.ui.is_interactive:
        raise no_credential(settings)
    # A server that was named is meant; the first command asks for its credential, or says why there is none.
    return settings.url == SAAS_URL and not settings.problem


sandbox.add_command(start)


@sandbox.verb
def stop(ctx: CommandContext) -> None:
    """End it, and speak to your own server again.

    Examples:
        sandbox stop
    """
    session = ctx.session
    if session.sandbox is None:
        ctx.ui.say("no sandbox of this session is running")
        return
    url = session.sandbox.url
    session.leave_sandbox()
    ctx.ui.say(f"the sandbox at {url} has ended; speaking to {session.settings.url} from now on")


@sandbox.verb
def status(ctx: CommandContext) -> None:
    """Say whether one is running, and where.

    Examples:
        sandbox status
    """
    running = ctx.session.sandbox
    if running is None or not running.running:
        ctx.ui.say("no sandbox of this session is running; start one with `sandbox start`")
    else:
        ctx.ui.say(f"a sandbox is running at {running.url}, process {running.process.pid}")


@command(name="run", kind=_WithOwnOptions, options_metavar="", context_settings=_PASS_ON)
def run_(ctx: CommandContext, options: Options = ()) -> None:
    """Run one here until Ctrl-C; for a terminal of its own.

    Examples:
        sandbox run --port 8000
    """
    code = sandbox_process.run_in_foreground(options)
    if code not in (0, 130, -2):
        raise UsageError(f"The sandbox ended with exit code {code}")


sandbox.add_command(run_)
