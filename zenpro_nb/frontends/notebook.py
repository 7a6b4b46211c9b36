"""Run commands for an IPython shell, with its variables, displays and questions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import click

from zenpro_nb import extras, forms, frames, limits
from zenpro_nb.commands.tool.form import LEFT_OUT, open_form
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import IncompleteError, InterruptedReadError, UsageError, ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.run import clean, interruption, run
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.frontends import unshown
from zenpro_nb.frontends.interactive_tables import INTERACTIVE, SHOW
from zenpro_nb.frontends.progress_line import ProgressLine
from zenpro_nb.frontends.pseudonyms import Pseudonymizer
from zenpro_nb.security import printable
from zenpro_nb.session.login import question
from zenpro_nb.session.session import Session
from zenpro_nb.syntax import line as lines
from zenpro_nb.syntax.cell import commands_of
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.ui.protocol import Drawing, TerminalUI
from zenpro_nb.ui.show_option import show_option
from zenpro_nb.ui.wrapping import wrap

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from zenpro_nb.forms.opening import NotebookForms


class NotebookUI(TerminalUI):
    """The UI of an IPython shell, in a kernel or in a terminal."""

    name = "%zenpro"
    commands: Collection[str] = tuple(tree.commands)
    has_variables = True
    shows_tables = True

    def __init__(self, shell: InteractiveShell, pseudonymizer: Pseudonymizer) -> None:
        self._shell = shell
        self._pseudonymizer = pseudonymizer
        self.shows_as = ""  # the value of `--show`
        self.options = (show_option(self._show_as),)

    def _show_as(self, value: str) -> None:
        extras.check(INTERACTIVE, f"`--show {value}`")
        self.shows_as = value

    @property
    def pseudonyms(self) -> bool:  # type: ignore[override]
        """Return whether pseudonyms are switched on."""
        return self._pseudonymizer.is_on

    def set_pseudonyms(self, *, on: bool) -> None:
        """Switch pseudonyms on or off, as `%config ZenProMagics.pseudonyms` does."""
        self._pseudonymizer.switch(on=on)

    def _display(self, text: str) -> str:
        return self._pseudonymizer.text(text)

    @property
    def _in_kernel(self) -> bool:
        return getattr(self._shell, "kernel", None) is not None

    @property
    def is_interactive(self) -> bool:
        """Return whether a user can see messages and answer questions.

        A front end with a user states in each request that it accepts questions; nbclient and papermill do not.
        """
        kernel = getattr(self._shell, "kernel", None)
        if kernel is None:
            return super().is_interactive
        parent = kernel.get_parent("shell") or {}
        return bool(parent.get("content", {}).get("allow_stdin", False))

    @property
    def words_on_stdout(self) -> bool:
        """Return whether this is a kernel: front ends show stderr in red, as if it were an error.

        In a kernel there is also no pipe that needs stdout for the data alone.
        """
        return self._in_kernel

    @property
    def columns(self) -> int | None:
        """Return the width of messages in a kernel: front ends break longer lines in the middle of words."""
        return limits.CELL_COLUMNS if self._in_kernel else None

    def _progress_file(self) -> ProgressLine | None:
        return ProgressLine(self._display) if self._in_kernel else None

    def warn(self, line: str) -> None:
        """Print the line after `warning:`."""
        super().warn(self._display(line))

    def say(self, line: str) -> None:
        """Print the line as a message."""
        super().say(self._display(line))

    def _input(self, prompt: str) -> str:
        prompt = self._display(prompt)
        # A front end shows the prompt of `input`.
        text = wrap(printable.words(prompt), self.columns)
        return input(text) if self._in_kernel else super()._input(prompt)

    def show(self, value: object) -> None:
        """Display the value below the cell."""
        from IPython.display import display

        display(self.with_commands(value))  # type: ignore[no-untyped-call]

    def picture(self, value: Drawing) -> None:
        """Display the picture above the cell's result."""
        self.show(value)

    def assign(self, name: str, value: object) -> None:
        """Set the variable in the user's namespace."""
        self._shell.push({name: value})  # type: ignore[no-untyped-call]


class Notebook:
    """The commands of one IPython shell."""

    def __init__(
        self, shell: InteractiveShell, pseudonymizer: Pseudonymizer, locks: Callable[[], Sequence[str]] = tuple
    ) -> None:
        self._shell = shell
        self._pseudonymizer = pseudonymizer
        self.ui = NotebookUI(shell, pseudonymizer)
        self.session = Session(
            notify=self.ui.warn, question=partial(question, self.ui), locks=locks, observe=pseudonymizer.learn_response
        )
        self._forms: NotebookForms | None = None  # imported when the first form is opened

    @property
    def _in_kernel(self) -> bool:
        return getattr(self._shell, "kernel", None) is not None

    @property
    def _pseudonyms(self) -> Pseudonymizer | None:
        """Return the source of pseudonyms; None while they are switched off."""
        return self._pseudonymizer if self._pseudonymizer.settings.pseudonyms else None

    def context(self, values: Placeholders | None = None) -> CommandContext:
        """Return the context of one call."""
        return CommandContext(
            self.session, self.ui, values or Placeholders(), self._open_form, pseudonyms=self._pseudonyms
        )

    def _open_form(self, *form: Any) -> Any:
        if self._forms is None:
            watch = forms.KernelWatch(self._shell) if self._in_kernel else None
            self._forms = forms.NotebookForms(in_kernel=self._in_kernel, presentation=self._pseudonymizer, watch=watch)
        return self._forms(*form)

    def run(self, line: str, local_ns: Mapping[str, Any] | None = None) -> Any:
        """Run one command, and return its result.

        Raises:
            ZenProError: the command failed or was interrupted. The message is one line with the problem and the next
                step.
        """
        return self._run(line, local_ns)

    def report_unshown(self, line: str, value: Any) -> None:
        """Tell a user about a result that the cell does not display. Unattended runs stay as they were."""
        if not self.ui.is_interactive or self._shell.ast_node_interactivity in ("all", "none"):
            return
        if text := unshown.note(line.strip(), value):
            self.ui.say(text)

    def _run(self, line: str, local_ns: Mapping[str, Any] | None, *, asks: bool = True, body: str | None = None) -> Any:
        try:
            return self._run_or_fill_in(line, local_ns, asks=asks, body=body)
        except KeyboardInterrupt as interrupt:
            raise interruption(line, interrupt, self.ui) from None
        except ZenProError as error:
            self._pseudonymizer.error(error)
            raise

    def _run_or_fill_in(self, line: str, local_ns: Mapping[str, Any] | None, *, asks: bool, body: str | None) -> Any:
        values = Placeholders()
        namespace = {**self._shell.user_ns, **(local_ns or {})}
        arguments = lines.expand(lines.split(line), namespace, values)
        if self._pseudonyms is not None:
            arguments = self._pseudonyms.originals(arguments)
        ctx = self.context(values)
        self.ui.shows_as = ""
        ctx.body, ctx.variables = body, namespace
        try:
            return self._with_show(run(tree, arguments, ctx), ctx)
        except click.MissingParameter as error:
            if error.ctx is None or not (asks and self.ui.is_interactive and _has_form(error.ctx)):
                raise clean(error, ctx, arguments) from None
            return self._fill_in(ctx, error.ctx)
        except IncompleteError as error:
            if error.context is None or not (asks and self.ui.is_interactive and _has_form(error.context)):
                raise
            return self._fill_in(ctx, error.context)

    def _with_show(self, result: Any, ctx: CommandContext) -> Any:
        """Note in the metadata of a DataFrame how `--show` asked to show it, and learn the people in it."""
        if ctx.pseudonyms is not None:
            ctx.pseudonyms.learn_from(result)
        if (shows_as := self.ui.shows_as) and hasattr(result, "attrs"):
            frames.facts(result)[SHOW] = shows_as
        return result

    def _fill_in(self, ctx: CommandContext, incomplete: click.Context) -> Any:
        """Open the form of an incomplete command, for the user to fill in.

        It is shown immediately, because the command can be on the right of an assignment.
        """
        words = incomplete.command_path.split()[1:]
        form = open_form(ctx, cast("WriteCommand", incomplete.command), words, incomplete.params)
        if self._in_kernel:
            self.ui.show(form)
        return form

    def run_cell(self, line: str, cell: str, local_ns: Mapping[str, Any] | None = None) -> Any:
        """Run several commands in order. Return the result of the last one, and show the results of the others.

        If the line of the magic contains a command that takes a body, the cell below is passed to it unchanged.

        Raises:
            ZenProError: the first error. The message names its line, and the commands after it were not started.
        """
        if tree.takes_body([token.text for token in lines.split(line, complete=False)]):
            return self._run_with_body(line, cell, local_ns)
        if line.strip():
            raise UsageError(
                f"%%zenpro takes its commands from the lines below it, not from its own line: {line.strip()!r}",
                hint="Move it to a separate line, or write %zenpro for a single command.",
            )
        place, result = "", None
        try:
            commands = commands_of(cell)
            for number, command in commands:
                place = f"Line {number}: "
                if result is not None:
                    self.ui.show(result)
                # Commands after it would not wait for a form.
                result = self._run(command, local_ns, asks=number == commands[-1][0])
        except ZenProError as error:
            error.message = place + error.message
            raise
        except KeyboardInterrupt:
            raise InterruptedReadError(
                f"{place}stopped by Ctrl-C between two commands", hint="The commands above that line are done."
            ) from None
        return result

    def _run_with_body(self, line: str, cell: str, local_ns: Mapping[str, Any] | None) -> Any:
        if not cell.strip():
            raise UsageError(
                f"The body of the cell `%%zenpro {line.strip()}` is empty",
                hint="Enter the text in the cell, or use %zenpro with a file name.",
            )
        # The line of the magic is the first line of the cell.
        return self._run(line, local_ns, body=f"\n{cell}")

    def close_forms(self) -> None:
        """Close all open forms."""
        if self._forms is not None:
            self._forms.close()
            self._forms = None

    def close(self) -> None:
        """Close the forms and the connections, and stop the sandbox if one was started."""
        if self._forms is not None:
            self._forms.close()
        self.session.leave_sandbox()
        self.session.close()


def _has_form(ctx: click.Context) -> bool:
    """Return whether a form can replace the command: not if it has an option without a field, such as --yes."""
    return isinstance(ctx.command, WriteCommand) and not any(ctx.params.get(name) for name in LEFT_OUT)
