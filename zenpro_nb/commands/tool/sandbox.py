"""sandbox: an embedded control plane to try things on."""

from __future__ import annotations

from typing import Any

import click

from zenpro_nb.commands.core.command import Command, Group
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.errors import UsageError

# The options are the sandbox's own, declared there and passed on as they are typed.
_PASS_ON: dict[str, Any] = {"ignore_unknown_options": True, "allow_interspersed_args": False}
_OPTIONS = click.Argument(["options"], nargs=-1, type=click.UNPROCESSED, metavar="[OPTIONS]")


class _WithOwnOptions(Command):
    """A command whose options are those of the sandbox itself."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """None of the face's: it returns no data that could be printed in several ways."""
        return click.Command.get_params(self, ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options as the sandbox describes them, `--help` among them."""
        from zenpro_nb.servers import sandbox_process

        text = sandbox_process.help_text(formatter.width)
        formatter.write_paragraph()
        formatter.write("Options:\n" + (text.partition("Options:\n")[2] or text))


class _Bare(Group):
    """The noun alone, or with options only, does what is meant there: a terminal runs one, a notebook starts one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words with the verb that was left out."""
        runtime = ctx.find_object(Runtime)
        only_options = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        if runtime is not None and only_options and not ctx.resilient_parsing:
            in_notebook = "start" if args else "status"
            args = [in_notebook if runtime.face.lasting else "run", *args]
        return super().parse_args(ctx, args)


@pass_runtime
def _start(runtime: Runtime, options: tuple[str, ...]) -> Any:
    from zenpro_nb.commands.tool.status import status_card
    from zenpro_nb.servers import sandbox_process

    session = runtime.session
    if not runtime.face.lasting:
        raise UsageError(
            "A sandbox ends with the process that starts it, and a shell command ends at once",
            hint="Use `zenpro sandbox run` in a terminal of its own, or `zenpro demo`.",
        )
    if session.sandbox is None or not session.sandbox.running:
        session.sandbox = sandbox_process.start(options)
    elif options:
        raise UsageError(
            f"A sandbox is running at {session.sandbox.url}, with other options",
            hint="Stop it with `sandbox stop`, then start the new one.",
        )
    session.use(session.sandbox.settings)
    return status_card(runtime)


@pass_runtime
def _stop(runtime: Runtime) -> Any:
    session = runtime.session
    if session.sandbox is None:
        runtime.face.say("no sandbox of this session is running")
        return
    url = session.sandbox.url
    session.leave_sandbox()
    runtime.face.say(f"the sandbox at {url} has ended; speaking to {session.settings.url} from now on")


@pass_runtime
def _status(runtime: Runtime) -> Any:
    sandbox = runtime.session.sandbox
    if sandbox is None or not sandbox.running:
        runtime.face.say("no sandbox of this session is running; start one with `sandbox start`")
    else:
        runtime.face.say(f"a sandbox is running at {sandbox.url}, process {sandbox.process.pid}")


@pass_runtime
def _run(runtime: Runtime, options: tuple[str, ...]) -> Any:
    from zenpro_nb.servers import sandbox_process

    code = sandbox_process.run_in_foreground(options)
    if code not in (0, 130, -2):
        raise UsageError(f"The sandbox ended with exit code {code}")


sandbox = _Bare(
    name="sandbox",
    help="An embedded control plane with made-up data, to try things on. It is not ZenML Pro, and says so.\n\n"
    "Without a verb a terminal runs one (`zenpro sandbox --port 8000`), and a notebook says whether one is running.",
    commands=[
        _WithOwnOptions(
            name="start",
            callback=_start,
            params=[_OPTIONS],
            options_metavar="",
            context_settings=_PASS_ON,
            help="Start one, and speak to it from now on; the one that is running is kept. It ends with this kernel.",
        ),
        Command(name="stop", callback=_stop, help="End it, and speak to your own server again."),
        Command(name="status", callback=_status, help="Say whether one is running, and where."),
        _WithOwnOptions(
            name="run",
            callback=_run,
            params=[_OPTIONS],
            options_metavar="",
            context_settings=_PASS_ON,
            help="Run one here until Ctrl-C; for a terminal of its own.",
        ),
    ],
)
