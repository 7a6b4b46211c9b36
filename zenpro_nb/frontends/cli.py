"""The shell command `zenpro`: the same commands, results on stdout, messages on stderr, exit codes 0 to 4."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from zenpro_nb import forms, frames, limits
from zenpro_nb.commands.tree import tree
from zenpro_nb.errors import FindingsError, UsageError, ZenProError
from zenpro_nb.files.paths import shell_shows_pseudonyms
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.run import clean, interruption, run
from zenpro_nb.session.login import question
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.ui import console
from zenpro_nb.ui.protocol import TerminalUI

FORMATS = ("table", "csv", "json", "parquet")
_OK, _FAILED, _MISUSED, _FOUND, _INCOMPLETE, _INTERRUPTED = 0, 1, 2, 3, 4, 130


if TYPE_CHECKING:
    from zenpro_nb.frontends.shell_pseudonyms import ShellPseudonyms

    _Choice = click.Choice[str]  # generic only for the type checker, see `framework.parameters.types`
else:
    _Choice = click.Choice


class _PrintedFormat(_Choice):
    """The formats that can be printed. The error for one that can only be saved names the line that saves it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the format."""
        if ctx is not None and value in ("xlsx", "excel"):
            line = f"{ctx.command_path} --save {ctx.command_path.split()[-1]}.xlsx"
            raise UsageError(f"Output in the format {value} cannot be printed", hint=f"Save it: `{line}`.")
        return super().convert(value, param, ctx)


class Preview(Struct, frozen=True):
    """The part of a long table that is printed: its first rows, and the words after the number of the others."""

    rest: str
    rows: int


class Shell(TerminalUI):
    """The UI of a terminal. It adds `--format`, `--allow-partial` and `--no-color` to commands that return data.

    Attributes:
        color: whether tables have colors if the terminal supports them.
        project_names: returns the names of projects by id, as far as they are known.
        failed: the result that is shown is a failure.
        incomplete: rows are missing from the result, and `--allow-partial` was not given.
        preview: how much of a long table is printed; None for all of it.
        pseudonymizer: replaces people in everything that this command displays; None if names are real.
    """

    is_persistent = False
    commands: Collection[str] = tuple(tree.commands)

    def __init__(self) -> None:
        self.format = "table"
        self.incomplete = False
        self.failed = False
        self.preview: Preview | None = None
        self.color = True
        self.project_names: Callable[[], Mapping[str, str]] = dict
        self.pseudonymizer: ShellPseudonyms | None = None
        self._allows_partial = False
        self._command: click.Context | None = None
        self._prints_all = False
        self.options = [
            click.Option(
                ["--format"],
                type=_PrintedFormat(FORMATS),
                default="table",
                expose_value=False,
                callback=self._set_format,
                help="Choose how to print the result. Default: a table, which is shortened after changes and below "
                "charts; `table` prints all rows.",
            ),
            click.Option(
                ["--allow-partial"],
                is_flag=True,
                expose_value=False,
                callback=self._allow_partial,
                help="Exit with 0 instead of 4 if parts of the result could not be read.",
            ),
            click.Option(
                ["--no-color"],
                is_flag=True,
                expose_value=False,
                callback=self._turn_color_off,
                help="Print tables without colors. Setting the environment variable NO_COLOR has the same effect.",
            ),
        ]

    @property
    def output_suffix(self) -> str:  # type: ignore[override]
        """Return the suffix of the file whose content is printed; "" for a table, or if a terminal cannot show it.

        Rows whose people get pseudonyms are not printed while they are read.
        """
        is_changed = self.format == "parquet" or self.pseudonymizer is not None
        has_suffix = self.format != "table" and not (is_changed and console.is_terminal())
        return f".{self.format}" if has_suffix else ""

    @property
    def pseudonyms(self) -> bool:  # type: ignore[override]
        """Return whether the next command shows pseudonyms."""
        return shell_shows_pseudonyms()

    def set_pseudonyms(self, *, on: bool) -> None:
        """Switch pseudonyms on or off for all shells of this user."""
        from zenpro_nb.frontends import shell_pseudonyms

        shell_pseudonyms.switch(on=on)

    def print_file(self, path: Path) -> None:
        """Print the content of a file. People in a file or a pipe are real."""
        self.note_real_people()
        super().print_file(path)

    def note_real_people(self) -> None:
        """Say that the data for a file or a pipe contains real people, while pseudonyms are on."""
        if self.pseudonymizer is not None and not console.is_terminal():
            self.say("pseudonyms are on, but the data for this file or pipe contains real people")

    @property
    def shows_tables(self) -> bool:  # type: ignore[override]
        """Return whether results are printed as tables."""
        return self.format == "table"

    @property
    def prints_rows(self) -> bool:  # type: ignore[override]
        """Return whether plain rows are enough for the format."""
        return self.format != "parquet"

    @property
    def offers_columns(self) -> bool:
        """Return whether the command has the option `--columns`, and the line does not contain it."""
        source = self._command and self._command.get_parameter_source("columns")
        return source is click.core.ParameterSource.DEFAULT

    def warn_incomplete(self, line: str) -> None:
        """Print the line as a warning. The command then exits with 4."""
        self.warn(line)
        self.incomplete = not self._allows_partial

    def mark_failed(self) -> None:
        """Note that the command exits with 1."""
        self.failed = True

    def show(self, value: object) -> None:
        """Print the value in the chosen format."""
        emit(self.with_commands(value), self)

    def abridge(self, rest: str, rows: int = limits.PREVIEW_ROWS) -> None:
        """Print only this number of rows of a long table in a terminal, unless the line contains `--format`."""
        if not self._prints_all and console.is_terminal():
            self.preview = Preview(self.command_names.text(rest), rows)

    def _set_format(self, ctx: click.Context, param: click.Parameter, value: str) -> str:
        self._command = ctx
        if ctx.get_parameter_source("format") is click.core.ParameterSource.COMMANDLINE:
            self.format = value
            self._prints_all = True
        return value

    def _allow_partial(self, ctx: click.Context, param: click.Parameter, value: bool) -> None:
        self._allows_partial = self._allows_partial or value

    def _turn_color_off(self, ctx: click.Context, param: click.Parameter, value: bool) -> None:
        self.color = self.color and not value


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit.

    0: done. 1: failed, for example refused by the server. 2: invalid command. 3: findings, with options such as
    `--fail-on`. 4: done, but parts of the result could not be read. If several apply: 2, 1, 3, 4. 130: Ctrl-C.
    """
    sys.exit(_main(list(sys.argv[1:] if arguments is None else arguments)))


def _main(arguments: list[str]) -> int:
    ui = Shell()
    if not shell_shows_pseudonyms():
        return _run(arguments, ui)
    from zenpro_nb.frontends.shell_pseudonyms import ShellPseudonyms

    pseudonymizer = ui.pseudonymizer = ShellPseudonyms()
    with console.changed(pseudonymizer.text), pseudonymizer:
        return _run(pseudonymizer.originals(arguments), ui)


def _run(arguments: list[str], ui: Shell) -> int:
    pseudonymizer = ui.pseudonymizer
    session = Session(
        notify=ui.warn,
        question=partial(question, ui),
        is_persistent=ui.is_persistent,
        observe=None if pseudonymizer is None else pseudonymizer.learn_response,
    )
    ui.project_names = partial(session.names.by_id, "projects")
    presentation = () if pseudonymizer is None else (pseudonymizer,)
    # `forms` is imported when one is opened.
    runtime = CommandContext(session, ui, forms=lambda *form: forms.ask(*form, *presentation), pseudonyms=pseudonymizer)
    try:
        if "_ZENPRO_COMPLETE" in os.environ:
            return tree.main(arguments, prog_name="zenpro", obj=runtime, standalone_mode=True)
        result = run(tree, arguments, runtime)
        if result is not None:
            emit(result, ui)
        return _FAILED if ui.failed else _INCOMPLETE if ui.incomplete else _OK
    except click.MissingParameter as error:
        return _fail(clean(error, runtime, arguments))
    except ZenProError as error:
        return _fail(error)
    except KeyboardInterrupt as interrupt:
        return _fail(interruption(" ".join(map(quoted, arguments)), interrupt, ui))
    except BrokenPipeError:
        console.write_no_more()
        return _OK
    finally:
        session.close()


def _fail(error: ZenProError) -> int:
    for line in error.lines():
        console.say(line)
    if isinstance(error, FindingsError):
        return _FOUND
    if error.is_interrupted:
        return _INTERRUPTED
    return _MISUSED if isinstance(error, UsageError) else _FAILED


def emit(result: Any, ui: Shell) -> None:
    """Write a result to stdout, in the format that the UI has."""
    if ui.pseudonymizer is not None:
        result = _with_pseudonyms(result, ui.pseudonymizer, ui)
    if not _is_table(result):
        if ui.format != "table" and not (ui.format == "json" and isinstance(result, dict | list)):
            raise UsageError(
                f"--format {ui.format} requires a DataFrame, but the result is not one", hint="Remove --format or --as."
            )
        _emit_value(result)
    elif ui.format == "table":
        _emit_table(result, ui)
    else:
        _emit_file(result, ui.format)


def _with_pseudonyms(result: Any, pseudonymizer: ShellPseudonyms, ui: Shell) -> Any:
    """Return a result with pseudonyms. Only JSON, CSV and Parquet for a file or a pipe contain real people."""
    is_data = ui.format != "table" if _is_table(result) else isinstance(result, dict | list)
    if console.is_terminal() or not is_data:
        return pseudonymizer.shown(result)
    has_pseudonyms = (
        frames.facts(result).get("badge") == frames.PSEUDONYMS
        if _is_table(result)
        else pseudonymizer.shown(result) == result
    )
    if not has_pseudonyms:
        ui.note_real_people()
    return result


def _is_table(result: Any) -> bool:
    """Return whether the result is a table. A DataFrame exists only if pandas is imported."""
    pandas = sys.modules.get("pandas")
    return isinstance(result, frames.Rows) or (pandas is not None and isinstance(result, pandas.DataFrame))


def _emit_value(result: Any) -> None:
    if isinstance(result, (dict, list)):
        console.write(json.dumps(result, indent=2, default=str, ensure_ascii=False).encode() + b"\n")
    else:
        console.show(result)


def _emit_table(frame: Any, ui: Shell) -> None:
    """Print the columns that fit the terminal. A message on stderr lists the others, and counts rows left out."""
    if not len(frame) or not len(frame.columns):
        table_text = frames.view_text(frame, console.width())
        if table_text is None:
            console.say(frames.answer_of(frame) or "no rows")
        else:
            console.show(table_text)
        return
    color, preview = ui.color and console.supports_color(), ui.preview
    left_out = len(frame) - preview.rows if preview is not None and len(frame) > 2 * preview.rows else 0
    part = frame.head(preview.rows) if preview is not None and left_out else frame
    text, hidden = frames.whole_text(part, console.width(), color=color, names=ui.project_names())
    console.show_painted(text) if color else console.show(text)
    if preview is not None and left_out:
        console.say(f"… {left_out:,} more rows{preview.rest}")
    # One line lists all columns that are missing.
    foot, folded = frames.foot_line(frame, folded=not hidden), frames.folded_of(frame)
    if console.is_terminal() and foot not in " ".join(text.split()):  # trees and answers already include it
        console.say(foot)
    if hidden:
        how = "choose with --columns, or use --format" if ui.offers_columns else "use --format csv"
        console.say(f"columns that do not fit: {name_list([*hidden, *folded], limits.HIDDEN_NAMED)} ({how})")


def _emit_file(frame: Any, kind: str) -> None:
    """Print the bytes that `--save` would write."""
    if kind == "parquet" and console.is_terminal():
        raise UsageError("A terminal cannot show Parquet", hint="Redirect it to a file, or use --save FILE.parquet.")
    if not len(frame):
        console.say(frames.answer_of(frame) or "no rows")
    facts = frames.facts(frame)
    if "tables" in facts and facts.get("scope"):  # the tables of a query, which its text does not limit
        console.say(f"note: {facts['scope']}")
    with tempfile.TemporaryDirectory() as folder:
        console.print_file(frames.save(frame, Path(folder) / f"result.{kind}"))
