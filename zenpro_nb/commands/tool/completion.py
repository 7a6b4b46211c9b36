"""completion: Tab completion of the shell command `zenpro` in bash, zsh and fish."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import Annotated

import click
from click.shell_completion import get_completion_class
from msgspec import Struct

from zenpro_nb.errors import SaveError, UsageError
from zenpro_nb.files.atomic import replace_file
from zenpro_nb.framework.declare import Arg, Command, CommandContext, Noun, command, pass_ctx

_PROGRAM, _VARIABLE = "zenpro", "_ZENPRO_COMPLETE"
# Where bash-completion itself is installed. It loads a command's script when you press Tab after the command.
_LOADERS = (
    "/usr/share/bash-completion/bash_completion",
    "/etc/bash_completion",
    "/usr/local/etc/profile.d/bash_completion.sh",
    "/opt/homebrew/etc/profile.d/bash_completion.sh",
)


class ScriptLocation(Struct, frozen=True):
    """Where a shell looks for a completion script.

    Attributes:
        variable: environment variable that names the folder of the user's files.
        folder: folder below the home directory, used if the variable is not set.
        file: path of the script in that folder.
    """

    variable: str
    folder: str
    file: str

    def path(self, environ: Mapping[str, str]) -> Path:
        """Return the path of the script."""
        configured_path = Path(environ.get(self.variable, ""))
        home = Path(environ.get("HOME") or Path.home())
        return (configured_path if configured_path.is_absolute() else home / self.folder) / self.file


LOCATIONS = {
    "bash": ScriptLocation("XDG_DATA_HOME", ".local/share", "bash-completion/completions/zenpro"),
    "zsh": ScriptLocation("XDG_DATA_HOME", ".local/share", "zsh/site-functions/_zenpro"),
    "fish": ScriptLocation("XDG_CONFIG_HOME", ".config", "fish/completions/zenpro.fish"),
}

ShellName = Annotated[
    str | None,
    Arg(click.Choice(list(LOCATIONS)), metavar="[SHELL]", help="bash, zsh, or fish. Default: your login shell."),
]


class _TextCommand(Command):
    """A command that reports in text only."""

    @property
    def has_output_options(self) -> bool:
        """Return False: it returns no data that a front end could print in several formats."""
        return False


class _TextNoun(Noun):
    """A noun that reports in text only."""

    @property
    def has_output_options(self) -> bool:
        """Return False: it returns no data that a front end could print in several formats."""
        return False


@click.pass_context
@pass_ctx
def _status(ctx: CommandContext, click_ctx: click.Context) -> None:
    """Report for each shell whether completion is installed."""
    if click_ctx.invoked_subcommand is not None:
        return
    for name, location in LOCATIONS.items():
        path = location.path(ctx.session.environ)
        content = _read(path)
        installed = content is not None and _VARIABLE in content
        ctx.ui.say(f"{name}: {f'installed: {path}' if installed else 'not installed'}")


completion = _TextNoun(
    name="completion",
    invoke_without_command=True,
    callback=_status,
    help="Set up Tab completion in bash, zsh, and fish.\n\n"
    "Without a verb, shows for which shells completion is installed.",
    examples=(
        "# Install completion for bash",
        "completion install bash",
        "# Remove it again",
        "completion uninstall bash",
    ),
)


@command(kind=_TextCommand)
def install(ctx: CommandContext, shell: ShellName = None) -> None:
    """Install Tab completion for a shell by writing its completion script.

    Prints the path of the script and, if needed, the lines to add to your shell's settings. Run it again after you
    update zenpro. Terminals that are already open do not change.

    Examples:
        # Install completion for bash
        completion install bash
    """
    name, path = _script_path(ctx, shell)
    script = _script(name)
    before = _read(path)
    if before == script:
        ctx.ui.say(f"already installed for {name}: {path}")
    else:
        _require_ours(path, before)
        try:
            with replace_file(path) as temporary:
                temporary.write_text(script, encoding="utf-8", newline="\n")
        except OSError as error:
            raise SaveError(f"{path} could not be written: {error.strerror}", hint="Check its permissions.") from None
        ctx.ui.say(f"{'installed' if before is None else 'updated'} for {name}: {path}")
    for line in _next_steps(name, path):
        ctx.ui.say(line)


@command(kind=_TextCommand)
def uninstall(ctx: CommandContext, shell: ShellName = None) -> None:
    """Delete the script that `completion install` wrote for a shell.

    Examples:
        # Remove it again
        completion uninstall bash
    """
    name, path = _script_path(ctx, shell)
    before = _read(path)
    if before is None:
        ctx.ui.say(f"not installed for {name}: there is no {path}")
        return
    _require_ours(path, before)
    try:
        path.unlink()
    except OSError as error:
        raise SaveError(f"{path} could not be deleted: {error.strerror}", hint="Check its permissions.") from None
    ctx.ui.say(f"uninstalled for {name}: deleted {path}")


completion.add_command(install)
completion.add_command(uninstall)


def _script_path(ctx: CommandContext, shell: str | None) -> tuple[str, Path]:
    """Return the shell and the path of its script."""
    environ = ctx.session.environ
    name = shell or Path(environ.get("SHELL", "")).name
    if name not in LOCATIONS:
        problem = f"Completion for the shell {name!r} is not available" if name else "SHELL is not set"
        raise UsageError(
            problem, hint=f"Supported: {', '.join(LOCATIONS)}. Name one: `zenpro completion install bash`."
        )
    return name, LOCATIONS[name].path(environ)


def _script(shell: str) -> str:
    """Return the script that click generates for the shell."""
    generator = get_completion_class(shell)
    assert generator is not None  # noqa: S101 - click has all three
    return generator(click.Command(_PROGRAM), {}, _PROGRAM, _VARIABLE).source().strip() + "\n"


def _read(path: Path) -> str | None:
    """Return the content of the script, or None if the file does not exist."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SaveError(f"{path} could not be read: {error.strerror}", hint="Check its permissions.") from None


def _require_ours(path: Path, content: str | None) -> None:
    """Raise SaveError if the file is not a completion script of this program."""
    if content is not None and _VARIABLE not in content:
        raise SaveError(
            f"{path} was not written by `completion install`", hint="Move the file, and run the command again."
        )


def _next_steps(shell: str, path: Path) -> list[str]:
    """Return the remaining steps before Tab works."""
    if shell == "zsh":
        return [
            "Add these lines to ~/.zshrc, before any other compinit, and open a new terminal:",
            f"  fpath=({_quote(path.parent)} $fpath)",
            "  autoload -Uz compinit && compinit",
        ]
    if shell == "bash" and not any(Path(loader).exists() for loader in _LOADERS):
        return [
            "bash-completion is not installed. Add this line to ~/.bashrc, and open a new terminal:",
            f"  source {_quote(path)}",
        ]
    return ["Open a new terminal, type `zenpro us`, and press Tab."]


def _quote(path: Path) -> str:
    return quote(str(path))
