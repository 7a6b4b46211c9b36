"""The hint for an option that a command does not have: a whole line with the option or argument that it has."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import click

from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.guesses import Guess, Synonyms, guess_of, path_of
from zenpro_nb.framework.cli.hints import use
from zenpro_nb.limits import SUGGESTIONS
from zenpro_nb.resources.nouns import option_word
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.unparse import quoted

_FALSE = frozenset({"false", "no", "0", "off", "none"})
_TRUE = frozenset({"true", "yes", "1", "on", ""})
_AGO = re.compile(r"-\d+[a-z]+")
_COUNT = re.compile(r"-\d+")
_OPERATOR = re.compile(r"[=<>~]")
_TIMES = ("--since", "--until")
# The values of options that were typed without one: they make the line complete.
_SAMPLES = {"--since": "30d", "--until": "1d", "--limit": "10", "--because": "'still needed'"}
_FILES = ("file", "path", "input", "from", "from-file", "f", "output", "o", "save", "out", "to")
_PEOPLE = (
    "user",
    "users",
    "u",
    "email",
    "emails",
    "member",
    "members",
    "person",
    "people",
    "principal",
    "account",
    "who",
)


def for_option(ctx: click.Context, option: str, value: str, synonyms: Synonyms, words: Sequence[str] = ()) -> str:
    """Return the hint for an option that the command does not have.

    Args:
        value: the word after the option.
        words: the words after the command, in the spelling of a line.
    """
    guess = guess_of(ctx, words, option, value)
    option_names = guess.options
    if not path_of(ctx) and (line := _after_command(ctx, words, option)):
        return line
    if advice := synonyms.advice_on(guess) or _of_number(ctx, option, option_names):
        return advice
    replacements = synonyms.lines.get(" ".join([*path_of(ctx), option])) or synonyms.options.get(option.lower(), ())
    if isinstance(replacements, str):
        return _without(guess, replacements)
    usable = [text for text in replacements if text.split()[0] in option_names]
    if usable:
        return _with_option(ctx, guess, usable)
    if argument_hint := _of_argument(ctx, guess):
        return argument_hint
    if commands := [text for text in replacements if not text.startswith("-")]:
        return use(ctx, commands, [quoted(value)] if value else [])
    if column_hint := _of_column(ctx, guess, option_names):
        return column_hint
    if reason := synonyms.needless.get(option.lower()):
        return _without(guess, reason)
    # A word with a known meaning is not a misspelling of another option.
    return did_you_mean(option, () if replacements else option_names, f"See `{ctx.command_path} --help`.")


def _after_command(ctx: click.Context, words: Sequence[str], option: str) -> str:
    """Return the hint for an option before its command, such as `--org acme users`; "" without a command."""
    commands = ctx.command.commands if isinstance(ctx.command, click.Group) else {}
    at = next((at for at, word in enumerate(words) if word.partition("=")[0] == option), len(words))
    first = next((place for place, word in enumerate(words) if place > at and word in commands), 0)
    if not first or first - at > 2:
        return ""
    line = [*words[:at], *words[first:], *words[at:first]]
    return f"Options come after the command. Use `{' '.join([ctx.command_path, *line])}`."


def missing_value(ctx: click.Context, option: str, line: Sequence[str]) -> str:
    """Return the hint for a line that ends with an option that needs a value; "" if no example is known."""
    sample = _sample(ctx, option)
    return f"For example: `{' '.join([ctx.command_path.split()[0], *line, sample])}`." if sample else ""


def needless_value(ctx: click.Context, text: str, words: Sequence[str], synonyms: Synonyms) -> str:
    """Return the hint for a flag with a value, such as `--active=false`: the line without the value.

    Args:
        text: the flag and its value.
        words: the words after the command, with the flag alone.
    """
    flag, _, value = text.partition("=")
    at = words.index(flag)
    guess = guess_of(ctx, [*words[: at + 1], quoted(value), *words[at + 1 :]], quoted(value), "")
    is_false = value.lower() in _FALSE
    if not is_false and value.lower() not in _TRUE and (advice := synonyms.advice_on(guess)):
        return advice
    param = next((param for param in ctx.command.get_params(ctx) if flag in param.opts), None)
    opposite = list(param.secondary_opts[:1]) if param is not None else []
    flags = opposite if is_false else [flag]
    return f"Use {guess.line(*guess.path, *words[:at], *flags, *words[at + 1 :])}."


def _with_option(ctx: click.Context, guess: Guess, usable: Sequence[str]) -> str:
    """Return the hint with the line in which the first of these options replaces the refused one."""
    option, _, fixed = usable[0].partition(" ")
    param = next(param for param in ctx.command.get_params(ctx) if option in (*param.opts, *param.secondary_opts))
    is_flag = isinstance(param, click.Option) and param.is_flag
    if fixed or is_flag:
        noun = guess.path[0] if guess.path else "result"
        line = guess.with_replacement(usable[0].format(noun=noun))
    else:
        value = guess.value
        if option in _TIMES and value.isdigit():
            value += "d"  # a number of days: `--last 7`
        elif option == "--where" and value and not _OPERATOR.search(value):
            value = f"{_sample(ctx, '--sort')}~{value}"
        value = quoted(value) if value else _sample(ctx, option)
        if not value:
            return f"Use {' or '.join(usable[:SUGGESTIONS])}."
        line = guess.with_replacement(f"{option} {value}", with_value=True)
    return f"Use {line}."


def _without(guess: Guess, reason: str) -> str:
    """Return the reason why an option is not needed, with the line without it; other sentences unchanged."""
    if not reason.startswith("Omit it"):
        return reason
    words = guess.other_words if reason.startswith("Omit it and its value") else guess.words_without_option
    return f"{reason} Use {guess.line(*guess.path, *words)}."


def _of_argument(ctx: click.Context, guess: Guess) -> str:
    """Return the hint for an option that names an argument of the command: `teams create --name X`."""
    arguments = [param for param in ctx.command.params if isinstance(param, click.Argument)]
    has_room = any(argument.nargs == -1 for argument in arguments) or _place(ctx, guess) < len(arguments)
    name = guess.word.lstrip("-").lower()
    if not guess.value or not has_room or not any(name in _names(argument) for argument in arguments):
        return ""
    return f"Use {guess.with_replacement(quoted(guess.value), with_value=True)}."


def _names(argument: click.Argument) -> set[str]:
    """Return the words that people use for an argument if they take it for an option."""
    kind, noun = argument.type.name, str(getattr(argument.type, "noun", "") or "")
    names = {str(argument.name), kind.replace("_", "-"), option_word(noun), noun}
    names |= {part.lower() for part in re.findall(r"\w+", argument.metavar or "")}
    if noun or kind in ("name", "review", "capture|date"):
        names |= {"name", "id", "n"}
    if noun == "users" or kind in ("email", "principal"):
        names |= set(_PEOPLE)
    if kind == "path" or "file" in kind.lower():
        names |= set(_FILES)
    if kind == "query":
        names |= {"c", "q", "e", "execute"}
    return names - {""}


def _place(ctx: click.Context, guess: Guess) -> int:
    """Return how many words of the line belong to arguments, without the value of the refused option."""
    params = ctx.command.get_params(ctx)
    options = [param for param in params if isinstance(param, click.Option) and param.is_flag]
    flags = {name for option in options for name in (*option.opts, *option.secondary_opts)}
    count, takes_next = 0, False
    for word in guess.other_words:
        if takes_next or word.startswith("-"):
            takes_next = not takes_next and "=" not in word and word not in flags
        else:
            count += 1
    return count


def _sample(ctx: click.Context, option: str) -> str:
    """Return a value of an option that makes a line complete; empty if there is none."""
    names = getattr(next((p.type for p in ctx.command.params if p.name == "columns"), None), "names", ())
    first = next(iter(names), "")
    if option == "--where":
        return f"{first}~a" if first else ""
    if option in ("--columns", "--sort"):
        return ",".join(list(names)[:2]) if option == "--columns" else first
    if option == "--org" and (command_ctx := ctx.find_object(CommandContext)) is not None:
        in_use = command_ctx.session.settings.organization or ""
        return quoted(command_ctx.session.names.by_id("organizations").get(in_use, in_use))
    noun = (path_of(ctx) or ["result"])[0]
    return f"{noun}.csv" if option == "--save" else _SAMPLES.get(option, "")


def _of_number(ctx: click.Context, option: str, option_names: Collection[str]) -> str:
    """Return the hint for a time or a number that was typed like an option: `runs -7d`, `users -5`."""
    name = "--since" if _AGO.fullmatch(option) else "--limit" if _COUNT.fullmatch(option) else ""
    return f"Use `{ctx.command_path} {name} {option[1:]}`." if name in option_names else ""


def _of_column(ctx: click.Context, guess: Guess, option_names: Collection[str]) -> str:
    """Return the hint for an option named like a column: how to filter rows by that column."""
    name = guess.word.lstrip("-").replace("-", "_")
    choice = next((param.type for param in ctx.command.params if param.name == "columns"), None)
    if name not in getattr(choice, "names", ()):
        return ""
    for param in ctx.command.params:
        if isinstance(param, click.Option) and param.secondary_opts and f"is_{param.name}" == name:
            flag = param.secondary_opts[0] if guess.value.lower() in _FALSE else param.opts[0]
            return f"Use {guess.with_replacement(flag, with_value=True)}."
    if "--where" in option_names:
        condition = f"{name}={guess.value}" if guess.value else f"{name}~a"
        return f"Use {guess.with_replacement(f'--where {quoted(condition)}', with_value=True)}."
    return f"{name} is a column: filter the result by it."
