"""What whoever typed a word that is not there may have meant: other tools' words, another order, a slip.

Nothing is carried out from a guess; it becomes the hint of the error. What people say elsewhere stands in `Synonyms`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import click
from msgspec import Struct, field

from zenpro_nb.limits import SUGGESTIONS
from zenpro_nb.resources.nouns import singular
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.unparse import quoted

_FALSE = frozenset({"false", "no", "0", "off", "none"})


class Synonyms(Struct, frozen=True):
    """The words of other tools, and what they are here.

    Attributes:
        listing: words for what a noun alone does.
        verbs: by verb, the words that others have for it.
        nouns: by another word, the noun.
        lines: by what is typed, the lines that do it; or a sentence, where none does. The first match counts.
        options: by what is typed, the options that do it, of which those count that the command has; or a sentence.
    """

    listing: Collection[str] = ()
    verbs: Mapping[str, Collection[str]] = field(default_factory=dict)
    nouns: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, Sequence[str] | str] = field(default_factory=dict)
    options: Mapping[str, Sequence[str] | str] = field(default_factory=dict)


def for_word(group: click.Group, ctx: click.Context, words: Sequence[str], synonyms: Synonyms) -> str:
    """Return the hint for a line whose first word is no command of the group.

    Args:
        words: what stands behind the group, values as they were written.
    """
    word, path = words[0], _path(ctx)
    if idiom := for_shell(words):
        return idiom
    if word.endswith("?"):
        asked = [*path, *filter(None, [word.rstrip("?")]), "--help"]
        return f"Help is asked for by `{' '.join(asked)}`."
    for length in (2, 1):
        told = synonyms.lines.get(" ".join([*path, *words[:length]]))
        if told:
            return _use(told, words[length:])
    if not path:
        return _noun_first(group, words, synonyms) or did_you_mean(
            word, group.commands, f"See `{ctx.command_path} --help`."
        )
    if word in synonyms.listing and getattr(group, "invoke_without_command", False):
        return f"A noun alone lists: `{' '.join(path)}`."
    meant = _verbs(group, word, synonyms)
    if meant:
        return _use([" ".join([*path, verb]) for verb in meant], words[1:])
    shown = f"To see one of them: `{' '.join([*path, 'get', quoted(word)])}`." if "get" in group.commands else ""
    return did_you_mean(word, group.commands, shown or f"See `{ctx.command_path} --help`.")


def for_option(ctx: click.Context, option: str, value: str, synonyms: Synonyms) -> str:
    """Return the hint for an option that the command does not have.

    Args:
        value: what stands behind it.
    """
    known = _options(ctx)
    told = synonyms.lines.get(" ".join([*_path(ctx), option])) or synonyms.options.get(option.lower(), ())
    if isinstance(told, str):
        return told
    offered = [text for text in told if text.split()[0] in known]
    if not offered and told and any(" " in text and not text.startswith("-") for text in told):
        return _use(told, [value] if value else [])
    if offered:
        return f"Use {' or '.join(offered[:SUGGESTIONS])}."
    if of_column := _of_column(ctx, option, value, known):
        return of_column
    # A word whose meaning is known is no slip of another one.
    return did_you_mean(option, () if told else known, f"See `{ctx.command_path} --help`.")


def for_shell(words: Sequence[str]) -> str:
    """Return the hint where a line goes on as one of a shell; empty where it does not.

    >>> for_shell([">", "out.csv"]), for_shell(["ada@example.com"])
    ('Add --save out.csv instead: there is no shell behind this line.', '')
    """
    word = words[0]
    if word.startswith(">"):
        name = word.lstrip(">") or (words[1] if len(words) > 1 else "FILE")
        return f"Add --save {quoted(name)} instead: there is no shell behind this line."
    if word.startswith("|"):
        return "A line is not a pipe: use --limit N, or .head() on the result."
    if word in ("&&", "&", ";"):
        return "One command a line; %%zenpro takes several, each on a line of its own."
    return ""


def _noun_first(root: click.Group, words: Sequence[str], synonyms: Synonyms) -> str:
    """Return the hint for a word that is no noun: another word for one, or a verb that stands before its noun."""
    word, *rest = words
    if noun := _noun(root, word, synonyms):
        return f"Did you mean {noun!r}?"
    is_listing = word in synonyms.listing
    if not is_listing and not any(word in (verb, *others) for verb, others in synonyms.verbs.items()):
        return ""
    noun = _noun(root, rest[0], synonyms) if rest else ""
    if not noun:
        return "A noun alone lists: `users`." if is_listing else _examples(root, word, synonyms)
    told = synonyms.lines.get(f"{noun} {word}")
    if told:
        return _use(told, rest[1:])
    group = root.commands[noun]
    meant = _verbs(group, word, synonyms) if isinstance(group, click.Group) else []
    if not meant or (not rest[1:] and (is_listing or meant == ["get"])):
        return f"The noun stands first, and alone it lists: `{noun}`."
    return _use([f"{noun} {verb}" for verb in meant], rest[1:])


def _noun(root: click.Group, word: str, synonyms: Synonyms) -> str:
    """Return the noun that a word is another word for, or the singular of; empty where it is neither."""
    if word in root.commands:
        return word
    if word in synonyms.nouns:
        return synonyms.nouns[word]
    spelled = word.replace("_", "-").lower()
    return next((noun for noun in root.commands if spelled in (noun, singular(noun).replace(" ", "-"))), "")


def _verbs(group: click.Group, word: str, synonyms: Synonyms) -> list[str]:
    """Return the verbs of a noun that the word stands for."""
    if word in group.commands:
        return [word]
    return [verb for verb in group.commands if word in synonyms.verbs.get(verb, ())][:SUGGESTIONS]


def _examples(root: click.Group, word: str, synonyms: Synonyms) -> str:
    """Return the hint for a verb alone: with which nouns it goes."""
    found = [
        f"`{noun} {verb}`"
        for noun, group in root.commands.items()
        if isinstance(group, click.Group) and noun != "form"
        for verb in _verbs(group, word, synonyms)[:1]
    ]
    return f"The noun stands first, as in {', '.join(found[:3])}." if found else ""


def _of_column(ctx: click.Context, option: str, value: str, known: Collection[str]) -> str:
    """Return the hint for an option that has the name of a column: what chooses rows by it."""
    name = option.lstrip("-").replace("-", "_")
    choice = next((param.type for param in ctx.command.params if param.name == "columns"), None)
    if name not in getattr(choice, "names", ()):
        return ""
    for param in ctx.command.params:
        if isinstance(param, click.Option) and param.secondary_opts and f"is_{param.name}" == name:
            return f"Use {param.secondary_opts[0] if value.lower() in _FALSE else param.opts[0]}."
    if "--where" in known:
        condition = f"{name}={value or 'VALUE'}"
        return f"Use --where {quoted(condition)}."
    return f"{name} is a column: choose the rows of the frame by it."


def _options(ctx: click.Context) -> list[str]:
    params = [param for param in ctx.command.get_params(ctx) if isinstance(param, click.Option) and not param.hidden]
    return [name for param in params for name in (*param.opts, *param.secondary_opts)]


def _use(told: Sequence[str] | str, rest: Sequence[str]) -> str:
    """Return the hint that names the lines; a single one goes on as what was typed does."""
    if isinstance(told, str):
        return told
    # Options are left out: they belonged to another command.
    goes_on = len(told) == 1 and not any(word.startswith("-") for word in rest)
    more = [quoted(word) for word in rest] if goes_on else []
    more = more or (["…"] if told[0].split()[-1].startswith("--") and " " in told[0] else [])
    return f"Use {' or '.join(f'`{line}`' for line in (' '.join([line, *more]) for line in told))}."


def _path(ctx: click.Context) -> list[str]:
    """Return the words that lead to the command, without the magic's own name; those of a form as of its command."""
    path = ctx.command_path.split()[1:]
    return path[1:] if path[:1] == ["form"] and len(path) > 1 else path
