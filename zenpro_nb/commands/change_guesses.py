"""Advice on lines that newcomers type first to change something: each answer is a line that can be pasted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.declare import Guess
from zenpro_nb.syntax.timespec import quarter_of
from zenpro_nb.syntax.unparse import quoted

_ROTATING = ("rotate", "rotate-key", "rotate-keys", "renew", "regenerate", "roll", "reset")
_SHARING = ("share", "anonymize", "anonymise", "publish", "redact")
_MARKS = {"team": ("--team", "--teams"), "bot": ("--service-account", "--service-accounts"), "user": ("--user",)}
_FLAGS = ("--keep", "--revoke", "--dont-know", "--dry-run", "--yes", "-y", "--quiet", "-q")
_HANDING_OVER = ("handover", "hand-over", "transfer", "reassign")
_RENAMING = ("rename", "mv", "move", "set-name", "change-name")
_NEW_NAME = ("--name", "--to", "--new-name", "--as", "--username")
_QUARTERLY = ("--quarterly", "--quarter", "quarterly", "quarter")


def of_account(guess: Guess) -> str:
    """Answer `service-accounts rotate deploy-bot` with the lines for its keys."""
    if guess.path != ("service-accounts",) or guess.word not in _ROTATING or not guess.value or guess.ctx is None:
        return ""
    from zenpro_nb.commands.organization.api_keys import hints  # imported here, because most lines need no hint

    name = guess.value.strip("'\"")
    try:
        return hints.rotations(guess.ctx, name)
    except ZenProError:  # without a server or an account of this name, its keys are unknown
        return f"To rotate a service account, rotate its keys: {guess.line('api-keys rotate', guess.value)}."


def of_principal(guess: Guess) -> str:
    """Answer `roles assign ROLE team:Platform` and `reviews decide q4 --revoke linus@…` with the option in place."""
    if guess.word not in guess.words or not _with_option(guess, guess.word):
        return ""
    words: list[str] = []
    for word in guess.words:
        is_value = bool(words) and words[-1] in guess.options and words[-1] not in _FLAGS
        words.append(word if is_value else _with_option(guess, word) or word)
    return f"Use {guess.line(*guess.path, *words)}."


def _with_option(guess: Guess, word: str) -> str:
    """Return a principal after the command's option for it; "" for other words, or if the command has none."""
    text = word.strip("'\"")
    kind, colon, name = text.partition(":")
    is_email = "@" in text and not text.startswith("-")
    if not is_email and not (colon and kind in _MARKS):
        return ""
    if "--principal" in guess.options:
        return f"--principal {word}"
    if is_email:
        kind, name = "user", text.removeprefix("user:")
    option = next((option for option in _MARKS[kind] if option in guess.options), "")
    return f"{option} {quoted(name)}" if option and name else ""


def of_flag(guess: Guess) -> str:
    """Answer `reviews decide q4 --row 3 --decision revoke` with the option `--revoke`."""
    flag = f"--{guess.value.casefold().replace('_', '-')}"
    if not guess.word.startswith("--") or not guess.value or flag not in guess.flags:
        return ""
    return f"Use {guess.with_replacement(flag, with_value=True)}."


def of_quarter(guess: Guess) -> str:
    """Answer `reviews create --quarterly` with the name of this quarter."""
    if guess.path != ("reviews", "create") or guess.word not in _QUARTERLY:
        return ""
    return f"Use {guess.with_replacement(quarter_of(datetime.now(UTC)))}."


def of_sharing(guess: Guess) -> str:
    """Answer `share X` and `notebooks anonymize X` with the line that writes a copy."""
    if guess.path not in ((), ("notebooks",)) or guess.word not in _SHARING or not guess.value:
        return ""
    words = guess.words_without_option
    file = next((word for word in words if not word.startswith("-")), "")
    if not file or (not guess.path and ".ipynb" not in file):
        return ""
    words = [word for word in words if word != "--pseudonyms"]
    return f"Use {guess.line('notebooks share', *words)}."


def of_handover(guess: Guess) -> str:
    """Answer `users handover X Y`: `users offboard --successor` hands over what the API can transfer."""
    if guess.path != ("users",) or guess.word not in _HANDING_OVER:
        return ""
    people = [word for word in guess.words if not word.startswith("-") and word != guess.word]
    new_owner = next(iter(people[1:]), "COLLEAGUE")
    leaving = [word for word in people if word != new_owner][:1] or ["USER"]
    lists_all = guess.line("users", "impact", *leaving)
    offboards = guess.line("users", "offboard", *leaving, "--successor", new_owner)
    return (
        f"Use {offboards}. It hands over workspaces and roles. {lists_all} lists what else depends on the user, with "
        "a command for each object."
    )


def of_renaming(guess: Guess) -> str:
    """Answer `teams rename OLD NEW` with `teams update OLD --name NEW`: a synonym keeps the order of the words."""
    option = next((name for name in ("--name", "--username") if name in guess.verbs.get("update", ())), "")
    if guess.word not in _RENAMING or not option or "rename" in guess.verbs:
        return ""
    at = guess.words.index(guess.word)
    new, words = _take_new_name(guess.words[at + 1 :])
    options = next((index for index, word in enumerate(words) if word.startswith("-")), len(words))
    names, others = words[:options], [*guess.words[:at], *words[options:]]
    to = next((index for index, word in enumerate(names) if word in ("to", "as", "into")), None)
    if to is not None:
        old, new = _joined(names[:to]), _joined(names[to + 1 :])
    elif len(names) == 2 and not new:
        old, new = names
    else:
        old = _joined(names) if new or len(names) == 1 else ""
    hint = f"Use {guess.line(*guess.path, 'update', old or 'OLD', option, new or 'NEW', *others)}."
    return hint if old or not names else f"{hint} Put quotes around a name that contains spaces."


def _take_new_name(words: Sequence[str]) -> tuple[str, list[str]]:
    """Return the value of the option for the new name, and the other words; "" without this option."""
    for at, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option in _NEW_NAME:
            value = value if equals else next(iter(words[at + 1 :]), "")
            return value, [*words[:at], *words[at + (1 if equals else 2) :]]
    return "", list(words)


def _joined(words: Sequence[str]) -> str:
    """Return one word unchanged, and several as one name in quotes."""
    return words[0] if len(words) == 1 else quoted(" ".join(words)) if words else ""


ADVICE = (of_renaming, of_handover, of_account, of_principal, of_flag, of_quarter, of_sharing)
