"""Suggest the intended word for a mistyped one: another tool's term, a different order, or a typo.

Guesses are never executed; they only appear as the hint of the error. The terms of other tools are in `Synonyms`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import click
from msgspec import Struct, field

from zenpro_nb.limits import SUGGESTIONS
from zenpro_nb.resources.nouns import singular
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.resources import Resource

_FALSE = frozenset({"false", "no", "0", "off", "none"})
_AGO = re.compile(r"-\d+[a-z]+")
FORM = "form"  # the group whose commands open the forms of other commands
_COUNT = re.compile(r"-\d+")


class Guess(Struct, frozen=True):
    """A refused line, for advice that repeats its values.

    Attributes:
        ui: the word before a command: `%zenpro` or `zenpro`.
        path: the words of the command.
        words: the words after it, in the spelling of a line.
        word: the option that the command does not have, or the word that is not a command.
        value: the word after it.
        resource: the list that the command shows; None if it shows none.
    """

    ui: str
    path: tuple[str, ...]
    words: tuple[str, ...]
    word: str
    value: str
    resource: Resource | None = None

    @property
    def other_words(self) -> list[str]:
        """Return the words after the command without the refused one and its value."""
        others = list(self.words)
        at = next((index for index, word in enumerate(others) if word.partition("=")[0] == self.word), None)
        if at is None:
            return others
        joined = "=" in others[at]
        return others[:at] + others[at + (1 if joined or not self.value else 2) :]

    def line(self, *words: str) -> str:
        """Return a line of this UI, as code."""
        return f"`{' '.join([self.ui, *words])}`"


Advice = Callable[[Guess], str]  # returns the hint; "" if it knows nothing about the line


class Synonyms(Struct, frozen=True):
    """The terms of other tools, and their equivalents here.

    Attributes:
        listing: words for listing, which a noun alone does here.
        verbs: by verb, the words that other tools use for it.
        nouns: by foreign word, the noun.
        lines: by typed text, the commands that do it, or a sentence if none does. The first match counts.
        options: by typed option, the options that do it, or a sentence. Only options that the command has are shown.
        advice: functions that return the hint for a whole line; the first one that returns any counts.
    """

    listing: Collection[str] = ()
    verbs: Mapping[str, Collection[str]] = field(default_factory=dict)
    nouns: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, Sequence[str] | str] = field(default_factory=dict)
    options: Mapping[str, Sequence[str] | str] = field(default_factory=dict)
    advice: Sequence[Advice] = ()

    def advice_on(self, guess: Guess) -> str:
        """Return the hint for a whole line; "" if no advice is about it."""
        return next(filter(None, (advise(guess) for advise in self.advice)), "")


def for_word(group: click.Group, ctx: click.Context, words: Sequence[str], synonyms: Synonyms) -> str:
    """Return the hint for a line whose first word is not a command of the group.

    Args:
        words: the words after the group, with values as they were typed.
    """
    word, path = words[0], _path(ctx)
    if idiom := for_shell(words):
        return idiom
    if word.endswith("?"):
        help_words = [*path, *filter(None, [word.rstrip("?")]), "--help"]
        return f"For help, run `{' '.join(help_words)}`."
    if advice := synonyms.advice_on(_guess(ctx, words, word, words[1] if len(words) > 1 else "")):
        return advice
    for length in (2, 1):
        replacements = synonyms.lines.get(" ".join([*path, *words[:length]]))
        if replacements:
            return _use(replacements, words[length:])
    if (
        path == [FORM]
        and (noun := _noun(group, word, synonyms))
        and (line := _whole_line(group, noun, words[1:], synonyms))
    ):
        return line
    if not path:
        return _noun_first(group, words, synonyms) or did_you_mean(
            word, group.commands, f"See `{ctx.command_path} --help`."
        )
    if word in synonyms.listing and getattr(group, "invoke_without_command", False):
        return f"To list, use the noun alone: `{' '.join(path)}`."
    matching_verbs = _verbs(group, word, synonyms)
    if matching_verbs:
        return _use([" ".join([*path, verb]) for verb in matching_verbs], words[1:])
    show_hint = f"To show one of them: `{' '.join([*path, 'get', quoted(word)])}`." if "get" in group.commands else ""
    return did_you_mean(word, group.commands, show_hint or f"See `{ctx.command_path} --help`.")


def for_option(ctx: click.Context, option: str, value: str, synonyms: Synonyms, words: Sequence[str] = ()) -> str:
    """Return the hint for an option that the command does not have.

    Args:
        value: the word after the option.
        words: the words after the command, in the spelling of a line.
    """
    option_names = _options(ctx)
    if advice := synonyms.advice_on(_guess(ctx, words, option, value)) or _of_number(ctx, option, option_names):
        return advice
    replacements = synonyms.lines.get(" ".join([*_path(ctx), option])) or synonyms.options.get(option.lower(), ())
    if isinstance(replacements, str):
        return replacements
    usable = [text for text in replacements if text.split()[0] in option_names]
    if len(usable) == 1 and value and words:
        others = _guess(ctx, words, option, value).other_words
        return f"Use `{' '.join([ctx.command_path, *others, usable[0], quoted(value)])}`."
    if not usable and replacements and any(" " in text and not text.startswith("-") for text in replacements):
        return _use(replacements, [value] if value else [])
    if usable:
        return f"Use {' or '.join(usable[:SUGGESTIONS])}."
    if column_hint := _of_column(ctx, option, value, option_names):
        return column_hint
    # A word with a known meaning is not a misspelling of another option.
    return did_you_mean(option, () if replacements else option_names, f"See `{ctx.command_path} --help`.")


def for_leftover(ctx: click.Context, words: Sequence[str], rest: str, synonyms: Synonyms) -> str:
    """Return the hint for a line with a word that fits no argument; "" if no advice is about it.

    Args:
        words: the words after the command, in the spelling of a line.
        rest: that word.
    """
    return synonyms.advice_on(_guess(ctx, words, rest, ""))


def for_shell(words: Sequence[str]) -> str:
    """Return the hint for a line with shell syntax; empty for other lines.

    >>> for_shell([">", "out.csv"]), for_shell(["ada@example.com"])
    ('Add --save out.csv instead: this line is not run by a shell.', '')
    """
    word = words[0]
    if word.startswith(">"):
        name = word.lstrip(">") or (words[1] if len(words) > 1 else "FILE")
        return f"Add --save {quoted(name)} instead: this line is not run by a shell."
    if word.startswith("|"):
        return "Pipes are not supported: use --limit N, or .head() on the result."
    if word in ("&&", "&", ";"):
        return "Run one command per line; %%zenpro runs several lines."
    return ""


def _guess(ctx: click.Context, words: Sequence[str], word: str, value: str) -> Guess:
    name = ctx.command_path.split()[0]
    return Guess(name, tuple(_path(ctx)), tuple(words), word, value, getattr(ctx.command, "lists", None))


def _of_number(ctx: click.Context, option: str, option_names: Collection[str]) -> str:
    """Return the hint for a time or a number that was typed like an option: `runs -7d`, `users -5`."""
    name = "--since" if _AGO.fullmatch(option) else "--limit" if _COUNT.fullmatch(option) else ""
    return f"Use `{ctx.command_path} {name} {option[1:]}`." if name in option_names else ""


def _noun_first(root: click.Group, words: Sequence[str], synonyms: Synonyms) -> str:
    """Return the hint for a word that is not a noun: a synonym of a noun, or a verb that was typed before its noun."""
    word, *rest = words
    if noun := _noun(root, word, synonyms):
        return _whole_line(root, noun, rest, synonyms) or f"Did you mean {noun!r}?"
    is_listing = word in synonyms.listing
    if not is_listing and not any(word in (verb, *others) for verb, others in synonyms.verbs.items()):
        return ""
    noun = _noun(root, rest[0], synonyms) if rest else ""
    if not noun:
        return "To list, use the noun alone: `users`." if is_listing else _examples(root, word, rest, synonyms)
    replacements = synonyms.lines.get(f"{noun} {word}")
    if replacements:
        return _use(replacements, rest[1:])
    group = root.commands[noun]
    matching_verbs = _verbs(group, word, synonyms) if isinstance(group, click.Group) else []
    if not matching_verbs or (not rest[1:] and (is_listing or matching_verbs == ["get"])):
        return f"The noun comes first. To list, use it alone: `{noun}`."
    return _use([f"{noun} {verb}" for verb in matching_verbs], rest[1:])


def _whole_line(root: click.Group, noun: str, rest: Sequence[str], synonyms: Synonyms) -> str:
    """Return the hint with the whole line, if the words after the noun are a command of it."""
    group = root.commands[noun]
    if not rest or not isinstance(group, click.Group):
        return ""
    form = [FORM] if root.name == FORM else []
    replacements = synonyms.lines.get(f"{noun} {rest[0]}", ())
    if form and not isinstance(replacements, str):
        replacements = [f"{FORM} {line.partition(' --')[0]}" for line in replacements]
    if replacements:
        return _use(replacements, rest[1:])
    verbs = [rest[0]] if rest[0] in group.commands else _verbs(group, rest[0], synonyms)
    return _use([" ".join([*form, noun, verb]) for verb in verbs], rest[1:]) if verbs else ""


def _noun(root: click.Group, word: str, synonyms: Synonyms) -> str:
    """Return the noun that the word is a synonym or the singular of; empty if there is none."""
    if word in root.commands:
        return word
    if word in synonyms.nouns:
        return synonyms.nouns[word]
    folded = word.replace("_", "-").lower()
    return next((noun for noun in root.commands if folded in (noun, singular(noun).replace(" ", "-"))), "")


def _verbs(group: click.Group, word: str, synonyms: Synonyms) -> list[str]:
    """Return the verbs of a noun that the word can mean."""
    if word in group.commands:
        return [word]
    return [verb for verb in group.commands if word in synonyms.verbs.get(verb, ())][:SUGGESTIONS]


def _examples(root: click.Group, word: str, rest: Sequence[str], synonyms: Synonyms) -> str:
    """Return the hint for a verb without a noun: the only noun that has this verb, or some of them."""
    examples = [
        f"`{noun} {verb}`"
        for noun, group in root.commands.items()
        if isinstance(group, click.Group) and noun != FORM
        for verb in _verbs(group, word, synonyms)[:1]
    ]
    if len(examples) == 1:
        return f"Use {' '.join([examples[0].strip('`'), *map(quoted, rest)]).join('``')}."
    return f"The noun comes first, as in {', '.join(examples[:3])}." if examples else ""


def _of_column(ctx: click.Context, option: str, value: str, option_names: Collection[str]) -> str:
    """Return the hint for an option named like a column: how to filter rows by that column."""
    name = option.lstrip("-").replace("-", "_")
    choice = next((param.type for param in ctx.command.params if param.name == "columns"), None)
    if name not in getattr(choice, "names", ()):
        return ""
    for param in ctx.command.params:
        if isinstance(param, click.Option) and param.secondary_opts and f"is_{param.name}" == name:
            return f"Use {param.secondary_opts[0] if value.lower() in _FALSE else param.opts[0]}."
    if "--where" in option_names:
        condition = f"{name}={value or 'VALUE'}"
        return f"Use --where {quoted(condition)}."
    return f"{name} is a column: filter the result by it."


def _options(ctx: click.Context) -> list[str]:
    params = [param for param in ctx.command.get_params(ctx) if isinstance(param, click.Option) and not param.hidden]
    return [name for param in params for name in (*param.opts, *param.secondary_opts)]


def _use(replacements: Sequence[str] | str, rest: Sequence[str]) -> str:
    """Return the hint that names the replacement commands; a single one keeps the arguments that were typed."""
    if isinstance(replacements, str):
        return replacements
    # Options are left out: they belonged to the other command.
    keeps_rest = len(replacements) == 1 and not any(word.startswith("-") for word in rest)
    arguments = [quoted(word) for word in rest] if keeps_rest else []
    arguments = arguments or (["…"] if replacements[0].split()[-1].startswith("--") and " " in replacements[0] else [])
    return f"Use {' or '.join(f'`{line}`' for line in (' '.join([line, *arguments]) for line in replacements))}."


def _path(ctx: click.Context) -> list[str]:
    """Return the words that lead to the command, without the name of the magic and without `form`."""
    path = ctx.command_path.split()[1:]
    return path[1:] if path[:1] == [FORM] and len(path) > 1 else path
