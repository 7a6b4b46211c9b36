"""Open a form as widgets, as questions in a terminal, or as text in a session that is not interactive."""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zenpro_nb.commands.tool.form import LEFT_OUT, NAME
from zenpro_nb.errors import UsageError
from zenpro_nb.forms import hooks, review
from zenpro_nb.forms.background import Background, Foreground, Threads
from zenpro_nb.forms.fields import about
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.handle import Fallback, FormHandle
from zenpro_nb.forms.hooks.base import Hooks
from zenpro_nb.forms.presentation import NO_PSEUDONYMS, Presentation
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.examples import COMMENT
from zenpro_nb.framework.writes.write_command import WriteCommand
from zenpro_nb.syntax.unparse import spell

if TYPE_CHECKING:
    from zenpro_nb.forms.kernel_watch import KernelWatch
    from zenpro_nb.forms.review.form import ReviewForm

_VARIABLE = re.compile(r"[{$]|^\w+ = ")
# The hooks of single commands, or of all commands of a noun. Each is imported when the first such form opens.
_HOOKS: dict[tuple[str, ...], Callable[[], type[Hooks]]] = {
    ("api-keys",): lambda: hooks.KeyHooks,
    ("roles", "assign"): lambda: hooks.RoleAssignmentHooks,
    ("roles", "revoke"): lambda: hooks.RoleAssignmentHooks,
    ("teams", "add"): lambda: hooks.PrincipalHooks,
    ("teams", "remove"): lambda: hooks.PrincipalHooks,
    ("workspaces", "create"): lambda: hooks.WorkspaceCreationHooks,
    ("workspaces", "deactivate"): lambda: hooks.WorkspaceLifecycleHooks,
    ("workspaces", "delete"): lambda: hooks.WorkspaceLifecycleHooks,
    ("workspaces", "deploy"): lambda: hooks.WorkspaceLifecycleHooks,
    ("workspaces", "update"): lambda: hooks.WorkspaceLifecycleHooks,
}


class NotebookForms:
    """The forms that one IPython shell has opened.

    Args:
        in_kernel: the shell runs in a kernel, so forms are widgets and not questions in a terminal.
        presentation: how names are shown.
        watch: measures how long the kernel is busy, to detect presses that waited.
    """

    def __init__(
        self, *, in_kernel: bool, presentation: Presentation = NO_PSEUDONYMS, watch: KernelWatch | None = None
    ) -> None:
        self._in_kernel = in_kernel
        self._watch = watch
        self._presentation = presentation
        self._open: weakref.WeakSet[Form | ReviewForm] = weakref.WeakSet()

    def __call__(self, ctx: CommandContext, command: Any, words: Sequence[str], arguments: Mapping[str, Any]) -> Any:
        """Open the form of a command; see `commands.tool.form.open_form`."""
        if not self._in_kernel:
            return ask(ctx, command, words, arguments, self._presentation)
        line = self._presentation.text(_line(ctx, command, words, arguments))
        if not (ctx.ui.is_interactive or _in_voila()):
            return Fallback(_what(command, arguments), line)
        # Ask for a missing credential here, in the cell, where the user can type it.
        ctx.session.sign_in()
        form: Form | ReviewForm
        if isinstance(command, WriteCommand):
            busy = self._busy()
            form = new_form(ctx, command, words, arguments, Threads(), self._presentation, busy)
        else:
            form = _review_form(ctx, arguments, self._presentation)
        self._open.add(form)
        return FormHandle(form, line)

    def _busy(self) -> Callable[[], float]:
        """Return a function that measures how long the kernel has been busy, from the first form on."""
        if self._watch is None:
            return lambda: 0.0
        self._watch.start()
        return self._watch.seconds

    def close(self) -> None:
        """Close all forms."""
        for form in list(self._open):
            form.close()
        if self._watch is not None:
            self._watch.stop()


def ask(
    ctx: CommandContext,
    command: Any,
    words: Sequence[str],
    arguments: Mapping[str, Any],
    presentation: Presentation = NO_PSEUDONYMS,
) -> Any:
    """Ask the questions of a form in a terminal.

    Raises:
        UsageError: nobody can answer the questions; the message contains the command that needs none.
    """
    if not ctx.ui.is_interactive:
        raise _no_answers(ctx, command, words, arguments, presentation)
    if not isinstance(command, WriteCommand):
        return review.ask(_review_form(ctx, arguments, presentation))
    if arguments.get("out") and not ctx.ui.has_variables:
        ctx.ui.assign(arguments["out"], None)  # raises the error before the first question
    from zenpro_nb.forms import prompts

    return prompts.ask(new_form(ctx, command, words, arguments, Foreground(), presentation), ctx)


def new_form(
    ctx: CommandContext,
    command: WriteCommand,
    words: Sequence[str],
    arguments: Mapping[str, Any],
    background: Background,
    presentation: Presentation = NO_PSEUDONYMS,
    busy: Callable[[], float] = lambda: 0.0,
) -> Form:
    """Return the form of a command with its hooks."""
    kind = _HOOKS.get(tuple(words)) or _HOOKS.get(tuple(words[:1]), lambda: Hooks)
    return Form(command, words, ctx, background, arguments, kind(), presentation, busy)


def _review_form(ctx: CommandContext, arguments: Mapping[str, Any], presentation: Presentation) -> ReviewForm:
    """Return the form of a review, the only form without a command."""
    from zenpro_nb.commands.reviews.common import caller, find_review

    found, me = find_review(ctx, arguments["name"], arguments["org"]).review, caller(ctx)
    return review.ReviewForm(found, ctx, me.name, presentation, me_id=me.id)


def _no_answers(
    ctx: CommandContext, command: Any, words: Sequence[str], arguments: Mapping[str, Any], presentation: Presentation
) -> UsageError:
    """Return the error of a form whose input is a pipe or a file, with the line that does the same without it."""
    problem = f"`{NAME} {' '.join(words)}` asks questions, but this is not an interactive session"
    if not isinstance(command, WriteCommand):
        from zenpro_nb.commands.reviews.common import in_a_file

        return UsageError(problem, hint=f"Decide in a file: {in_a_file(ctx, arguments['name'])}.")
    arguments = {name: value for name, value in arguments.items() if value not in (None, (), [])}
    absent = [param for param in command.params if param.required and param.name not in arguments]
    placeholders = {str(param.name): (param.metavar or str(param.name)).upper() for param in absent}
    line = spell(command, words, {**arguments, **placeholders}, leave_out=LEFT_OUT)
    whole = f"{ctx.ui.name} {line}"
    hint = f"Preview with `{whole} --dry-run`, send with `{whole} --yes`." if command.destructive else f"Use `{whole}`."
    if absent or not arguments:
        # Only whole lines can be pasted: an example with a variable needs the line before it.
        lines = (text for text in command.examples if not text.startswith(COMMENT) and not _VARIABLE.search(text))
        hint += "".join(f" For example: `{ctx.ui.name} {text}`." for text in list(lines)[:1])
    return UsageError(problem, hint=presentation.text(hint))


def _what(command: Any, arguments: Mapping[str, Any]) -> str:
    return about(command)[0] if isinstance(command, WriteCommand) else f"Review {arguments['name']}"


def _line(ctx: CommandContext, command: Any, words: Sequence[str], values: Mapping[str, Any]) -> str:
    """Return the command that opens the form again."""
    return f"{ctx.ui.name} {spell(command, [NAME, *words], values, leave_out=('dry_run', 'yes', 'quiet'))}"


def _in_voila() -> bool:
    """Return whether this is Voila, which has users but runs notebooks as if the session were not interactive."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
