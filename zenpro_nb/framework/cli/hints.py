"""Suggest the intended word for a mistyped one: another tool's term, a different order, or a typo.

Guesses are never executed; they only appear as the hint of the error. The terms of other tools are in `Synonyms`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import click

from zenpro_nb.framework.cli import placing
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.guesses import FORM, Synonyms, guess_of, path_of, search_condition
from zenpro_nb.framework.cli.values import plain
from zenpro_nb.limits import SUGGESTIONS
from zenpro_nb.resources.nouns import option_word
from zenpro_nb.syntax.suggestions import did_you_mean, near
from zenpro_nb.syntax.unparse import quoted

_SMALL_WORDS = ("to", "from", "in", "into", "as", "for")
_HELP = ("--help", "-h")
_ROLE = re.compile(r" --role '[^']*'")


def for_word(
    group: click.Group, ctx: click.Context, words: Sequence[str], synonyms: Synonyms, before: Sequence[str] = ()
) -> str:
    """Return the hint for a line with a word that is not a command of the group.

    Args:
        words: this word and those after it, in the spelling of a line.
        before: the options between the group and this word.
    """
    word, path = words[0], path_of(ctx)
    form = [FORM] if ctx.command_path.split()[1:2] == [FORM] and path != [FORM] else []
    ui = ctx.command_path.split()[0]
    if word.endswith("?") or (word == "help" and not words[1:]):
        help_words = [ui, *path, *filter(None, [word.rstrip("?").removesuffix("help")]), "--help"]
        return f"For help, run `{' '.join(help_words)}`."
    guess = guess_of(ctx, [*before, *words], word, words[1] if len(words) > 1 else "")
    if advice := synonyms.advice_on(guess):
        return advice
    if before and before[-1] in guess.flags:
        return f"{before[-1]} takes no value. Use `{' '.join([ui, *path, *before, *words[1:]])}`."
    command_ctx = ctx.find_object(CommandContext)
    names_noun = bool(words[1:]) and bool(_noun(group, words[1], synonyms))  # `remove user ada@example.com`
    if (commands := synonyms.pairs.get(word)) and command_ctx is not None and not names_noun:
        values = [text for text in words[1:] if text not in _SMALL_WORDS]
        in_place = placing.of_other_commands(command_ctx, ctx.find_root().command, commands, [*before, *values])
        if in_place:
            return in_place
    for length in (2, 1):
        replacements = synonyms.lines.get(" ".join([*path, *words[:length]]))
        if replacements and form and not isinstance(replacements, str):
            replacements = [f"{FORM} {line.partition(' --')[0]}" for line in replacements]
        if replacements:
            # `admins list`: a command lists without a verb.
            return use(ctx, replacements, [*before, *(rest for rest in words[length:] if rest not in synonyms.listing)])
    if (
        path == [FORM]
        and (noun := _noun(group, word, synonyms))
        and (line := _whole_line(ctx, group, noun, words[1:], synonyms))
    ):
        return line
    if path == [FORM] and (noun := _noun(group, words[1], synonyms) if words[1:] else ""):
        # `form create workspace`: the noun comes first.
        return _whole_line(ctx, group, noun, [word, *words[2:]], synonyms) or f"Use `{ui} {FORM} {noun}`."
    if not path:
        return _noun_first(ctx, group, words, synonyms) or did_you_mean(
            word, group.commands, f"See `{ctx.command_path} --help`."
        )
    if word in synonyms.listing and getattr(group, "invoke_without_command", False):
        return f"To list, use the noun alone: `{' '.join([ui, *path, *before, *words[1:]])}`."
    matching_verbs = _verbs(group, word, synonyms)
    if matching_verbs:
        return use(ctx, [" ".join([*form, *path, verb]) for verb in matching_verbs], [*before, *words[1:]])
    if _is_verb(word, synonyms):  # a name that looks like it would be a command for something else
        return f"See `{' '.join([ui, *path])} --help`."
    is_name = not any(text.startswith(("-", "'", '"')) for text in words)  # `role Organization Admin`
    name = [quoted(" ".join(words))] if is_name else words
    get_line = " ".join([ui, *path, "get", *name, *_shared_with(group.commands.get("get"), ctx, before)])
    show_hint = (
        f"To show one of them: `{get_line}`." if "get" in group.commands else _filtered(ctx, group, words, before)
    )
    return did_you_mean(word, group.commands, show_hint or f"See `{ctx.command_path} --help`.")


def _filtered(ctx: click.Context, group: click.Group, words: Sequence[str], before: Sequence[str]) -> str:
    """Return the hint with a condition, for a list that cannot show a single object; "" for other commands."""
    resource = getattr(group, "lists", None)
    text = plain(words[0])
    if resource is None or words[1:] or not any("--where" in param.opts for param in group.get_params(ctx)):
        return ""
    condition = search_condition(resource, text)
    return f"To filter the list: `{' '.join([ctx.command_path, *before, '--where', condition])}`."


def _shared_with(command: click.Command | None, ctx: click.Context, before: Sequence[str]) -> list[str]:
    """Return the options before a word if this command has all of them; otherwise nothing."""
    options = {name for param in command.get_params(ctx) for name in param.opts} if command is not None else set()
    has_all = all(word.partition("=")[0] in options for word in before if word.startswith("-"))
    return list(before) if has_all else []


def for_leftover(ctx: click.Context, words: Sequence[str], rest: str, synonyms: Synonyms) -> str:
    """Return the hint for a line with a word that fits no argument; "" if no advice is about it.

    Args:
        words: the words after the command, in the spelling of a line.
        rest: that word.
    """
    return synonyms.advice_on(guess_of(ctx, words, rest, ""))


def _noun_first(ctx: click.Context, root: click.Group, words: Sequence[str], synonyms: Synonyms) -> str:
    """Return the hint for a word that is not a noun: a synonym of a noun, or a verb that was typed before its noun."""
    word, *rest = words
    if noun := _noun(root, word, synonyms):
        group = root.commands[noun]
        is_word = rest and not rest[0].startswith("-")
        if is_word and isinstance(group, click.Group) and rest[0] not in group.commands:
            hint = for_word(group, click.Context(group, ctx, noun), rest, synonyms)
            # The question would be completed with the noun replaced, which is the word that the error names.
            return (
                use(ctx, [f"{noun} {verb}" for verb in near(rest[0], group.commands)], rest[1:])
                if (hint.startswith("Did you mean"))
                else hint
            )
        return _whole_line(ctx, root, noun, rest, synonyms) or f"Did you mean {noun!r}?"
    is_listing = word in synonyms.listing
    if not is_listing and not _is_verb(word, synonyms):
        return ""
    noun = _noun(root, rest[0], synonyms) if rest else ""
    if not noun:
        if is_listing:
            return f"To list, use the noun alone: `{ctx.command_path} users`."
        return _examples(ctx, root, word, rest, synonyms)
    replacements = synonyms.lines.get(f"{noun} {word}")
    if replacements:
        return use(ctx, replacements, rest[1:])
    group = root.commands[noun]
    matching_verbs = _verbs(group, word, synonyms) if isinstance(group, click.Group) else []
    guess = guess_of(click.Context(group, ctx, noun), [word, *rest[1:]], word, rest[1] if rest[1:] else "")
    if not matching_verbs and (advice := synonyms.advice_on(guess)):
        return advice
    if not matching_verbs or (not rest[1:] and (is_listing or matching_verbs == ["get"])):
        return f"The noun comes first. To list, use it alone: `{' '.join([ctx.command_path, noun, *rest[1:]])}`."
    return use(ctx, [f"{noun} {verb}" for verb in matching_verbs], rest[1:])


def _whole_line(ctx: click.Context, root: click.Group, noun: str, rest: Sequence[str], synonyms: Synonyms) -> str:
    """Return the hint with the whole line, if the words after the noun are a command of it."""
    group = root.commands[noun]
    if not rest or not isinstance(group, click.Group):
        return ""
    form = [FORM] if root.name == FORM else []
    replacements = synonyms.lines.get(f"{noun} {rest[0]}", ())
    if form and not isinstance(replacements, str):
        replacements = [f"{FORM} {line.partition(' --')[0]}" for line in replacements]
    if replacements:
        return use(ctx, replacements, rest[1:])
    verbs = [rest[0]] if rest[0] in group.commands else _verbs(group, rest[0], synonyms)
    command_ctx = ctx.find_object(CommandContext)
    if len(verbs) == 1 and len(rest) > 2 and not form and command_ctx is not None:
        # `team add Platform ada@example.com`: the values can need options.
        in_place = placing.of_other_commands(command_ctx, root, [f"{noun} {verbs[0]}"], rest[1:])
        if in_place:
            return in_place
    return use(ctx, [" ".join([*form, noun, verb]) for verb in verbs], rest[1:]) if verbs else ""


def _noun(root: click.Group, word: str, synonyms: Synonyms) -> str:
    """Return the noun that the word is a synonym or the singular of; empty if there is none."""
    if word in root.commands:
        return word
    if word in synonyms.nouns:
        return synonyms.nouns[word]
    folded_word = word.replace("_", "-").lower()
    return next((noun for noun in root.commands if folded_word in (noun, option_word(noun))), "")


def _is_verb(word: str, synonyms: Synonyms) -> bool:
    """Return whether the word is a verb, of this tool or of another one."""
    return any(word in (verb, *others) for verb, others in synonyms.verbs.items())


def _verbs(group: click.Group, word: str, synonyms: Synonyms) -> list[str]:
    """Return the verbs of a noun that the word can mean."""
    if word in group.commands:
        return [word]
    return [verb for verb in group.commands if word in synonyms.verbs.get(verb, ())][:SUGGESTIONS]


def _examples(ctx: click.Context, root: click.Group, word: str, rest: Sequence[str], synonyms: Synonyms) -> str:
    """Return the hint for a verb without a noun: the only noun that has this verb, or some of them."""
    examples = [
        f"{noun} {verb}"
        for noun, group in root.commands.items()
        if isinstance(group, click.Group) and noun != FORM
        for verb in _verbs(group, word, synonyms)[:1]
    ]
    if len(examples) == 1:
        return use(ctx, examples, rest)
    lines = ", ".join(f"`{ctx.command_path} {example}`" for example in examples[:3])
    return f"The noun comes first, as in {lines}." if lines else ""


def _missing_arguments(ctx: click.Context, words: Sequence[str], rest: Sequence[str]) -> list[str]:
    """Return placeholders for the arguments of a command without any words; a notebook opens its form instead."""
    command, path = placing.target(ctx.find_root().command, words)
    if rest or command is None or len(path) < len(words) or ctx.command_path.startswith("%"):
        return []
    arguments = [param for param in command.params if isinstance(param, click.Argument) and param.required]
    return [(param.metavar or str(param.name)).upper().strip("[].…") for param in arguments]


def _takes_value(ctx: click.Context, words: Sequence[str]) -> bool:
    """Return whether a command ends with an option that needs a value."""
    if not words[-1].startswith("--"):
        return False
    command, _ = placing.target(ctx.find_root().command, words)
    options = [param for param in command.params if isinstance(param, click.Option)] if command is not None else []
    return not any(option.is_flag for option in options if words[-1] in option.opts)


def use(ctx: click.Context, replacements: Sequence[str] | str, rest: Sequence[str]) -> str:
    """Return the hint with the replacement commands as whole lines, with the words that were typed after the wrong one.

    Args:
        rest: these words, in the spelling of a line.
    """
    if isinstance(replacements, str):
        return replacements
    ui = ctx.command_path.split()[0]
    if any(word in rest for word in _HELP):
        names = dict.fromkeys(replacement.partition(" -")[0] for replacement in replacements)
        return f"Use {' or '.join(f'`{ui} {name} --help`' for name in names)}."
    lines = []
    for replacement in replacements:
        if "--role" in rest:  # the typed one counts, not the default
            replacement = _ROLE.sub("", replacement)
        words = replacement.split()
        needs_value = not rest and len(words) > 1 and _takes_value(ctx, words)
        value = [words[-1].removeprefix("--").upper()] if needs_value else _missing_arguments(ctx, words, rest)
        lines.append(f"`{' '.join([ui, replacement, *rest, *value])}`")
    return f"Use {' or '.join(lines)}."
