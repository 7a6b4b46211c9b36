"""Advice on lines that newcomers type first to read or write a file: each answer is a line that can be pasted."""

from __future__ import annotations

import re

from zenpro_nb.commands.first_guesses import take_option
from zenpro_nb.framework.declare import Guess, plain, sets_access
from zenpro_nb.resources import DataType
from zenpro_nb.syntax.unparse import quoted

_FORMATS = {"json": "json", "csv": "csv", "parquet": "parquet", "xlsx": "xlsx", "excel": "xlsx", "to-csv": "csv"}
_RUNNING = ("run", "execute", "start", "papermill", "parameters", "parametrize", "parameterize", "rerun", "schedule")
_PRINTED = ("json", "csv", "parquet")
_OUTPUTS = (
    "output",
    "o",
    "format",
    "export",
    "type",
    "file",
    "to",
    "to-pandas",
    "to-excel",
    "out-file",
    "download",
    "save",
)
_PICTURE = re.compile(r"(.+)\.(svg|png|pdf|jpe?g|gif|webp)")
_INVITING = ("invitations",)
_FILES = ("--file", "--csv", "--from", "--from-file", "--from-csv", "--list", "--input", "-f")


def of_output(guess: Guess) -> str:
    """Answer `users --json`, `users --output json`, and `users -o users.xlsx`."""
    name = guess.word.lstrip("-").lower()
    reads_a_file = guess.path in (("plan",), ("apply",))
    if reads_a_file or "--save" not in guess.options or name not in (*_FORMATS, *_OUTPUTS):
        return ""
    kind = _FORMATS.get(name) or _FORMATS.get(guess.value.lower(), "")
    # The next word belongs to the option only if it is a file or a format.
    has_value = "." in guess.value or guess.value.lower() in _FORMATS
    if "." in guess.value:
        text = f"--save {quoted(guess.value)}"
    elif "--format" in guess.options and kind in _PRINTED:
        text = f"--format {kind}"
    elif guess.value and not has_value and name == "to":
        return ""  # `runs --from 7d --to 1d`
    else:
        text = f"--save {guess.path[0]}.{kind or 'csv'}"
    return f"Use {guess.with_replacement(text, with_value=has_value)}."


def of_people_with_teams(guess: Guess) -> str:
    """Answer `invitations import people.csv` if its columns `team` or `grant` make `invitations create` refuse it."""
    files = [text for word in guess.words if sets_access(text := plain(word))] if guess.path[:1] == _INVITING else []
    if not files:
        return ""
    options = [word for word in guess.words if word in ("--dry-run", "--yes")]
    line = guess.line("users", "onboard", quoted(files[0]), *options)
    return f"Use {line}, which reads role, team, and grant per person."


def of_file(guess: Guess) -> str:
    """Answer `users offboard --csv people.csv` and `teams add ops --csv people.csv`: a file is given like a name."""
    if guess.word not in _FILES or not guess.value or not guess.file_column:
        return ""
    if guess.file_option:
        line = guess.with_replacement(f"{guess.file_option} {quoted(guess.value)}", with_value=True)
    else:
        line = guess.line(*guess.path, quoted(guess.value), *guess.other_words)
    return f"Use {line}: the file must have a column `{guess.file_column}`."


def of_chart(guess: Guess) -> str:
    """Answer `runs --plot failed.png` with the line that saves the chart."""
    if guess.word == "--show" and "--plot" in guess.options and "chart" in guess.value:
        return f"Use {guess.with_replacement('--plot', with_value=True)}."
    file = guess.word.strip("'\"")
    picture = _PICTURE.fullmatch(file)
    if picture is None or not {"--plot", "--save"} <= set(guess.options):
        return ""
    words = [word for word in guess.words if word not in ("--plot", guess.word)]
    is_supported = picture[2] in ("svg", "png")
    reason = "" if is_supported else "Charts are saved as SVG or PNG. "
    name = file if is_supported else f"{picture[1]}.svg"
    return f"{reason}Use {guess.line(*guess.path, *words, '--plot', '--save', quoted(name))}."


def of_list_without_chart(guess: Guess) -> str:
    """Answer `users --by company --plot`: a list without charts can be counted."""
    if guess.word != "--plot" or guess.resource is None or "--by" not in guess.options:
        return ""
    kinds = (DataType.CATEGORY, DataType.BOOL)
    column = next((column.name for column in guess.resource.columns if column.kind in kinds), "")
    is_counted = any(word.partition("=")[0] == "--by" for word in guess.words)
    by = [] if is_counted or not column else ["--by", column]
    line = guess.line(*guess.path, *guess.words_without_option, *by)
    return f"Only `runs`, `steps`, and `usage` have charts. {'To count, use' if is_counted or by else 'Use'} {line}."


def of_papermill(guess: Guess) -> str:
    """Answer `notebooks run mine.ipynb --org acme-labs`: papermill does it, in a shell."""
    is_verb = guess.path == ("notebooks",) and guess.word in _RUNNING
    if not is_verb and (guess.path or guess.word != "papermill"):
        return ""
    words = [word.strip("'\"") for word in guess.words]
    file = next((word for word in words if word.endswith(".ipynb")), "quickstart.ipynb")
    rest = words
    value = ""
    for option in ("--org", "--organization", "organization"):
        found, rest = take_option(rest, (option,))
        value = value or found
    output = f"{file.removesuffix('.ipynb')}-done.ipynb"
    line = f"papermill {quoted(file)} {quoted(output)} -p organization {quoted(value or 'acme-labs')}"
    return f"To run a notebook with other parameters, use papermill in a shell: `{line}`."


ADVICE = (of_people_with_teams, of_file, of_output, of_chart, of_list_without_chart, of_papermill)
