"""Advice on lines that newcomers type first to count, search or narrow a list: each answer can be pasted."""

from __future__ import annotations

import re

from zenpro_nb.framework.declare import Guess, search_condition
from zenpro_nb.resources import RESOURCES
from zenpro_nb.resources.control_plane.people import last_login
from zenpro_nb.syntax.unparse import quoted

_QUOTES = "'\""
_COUNTING = ("count", "total", "how-many", "number", "len", "size")
_SEARCHING = ("search", "grep", "lookup", "look-up", "filter", "match", "contains")
_OF = ("of", "for", "from", "by")
_OWNED = ("roles", "teams", "workspaces", "access", "permissions", "assignments", "projects", "rights", "privileges")
_TIMES = ("--last", "--since", "--from", "--after", "--days", "--period", "--newer", "--until", "--created")
_PEOPLE = ("users", "members")
_EVERYWHERE = (("users",), ("workspaces",))  # the lists that can cover all organizations
_OWN = re.compile(r"--(only-?)?(my|mine|our|ours|own|this|current)(-?(org|organi[sz]ation|company))?|--(in|of)-org")


def of_count(guess: Guess) -> str:
    """Answer `users count`, `users --count`, and `count users` with a query."""
    noun = guess.path[0] if len(guess.path) == 1 and guess.resource is not None else ""
    if guess.word.lstrip("-") not in _COUNTING or guess.value.isdigit():
        return ""
    if not guess.path and guess.value and not guess.word.startswith("-"):
        noun = guess.value if guess.value.endswith("s") else f"{guess.value}s"
    if not noun:
        return ""
    query = f'"SELECT count(*) FROM {noun.replace("-", "_")}"'  # noqa: S608 - only shown, and never run
    return f"Use {guess.line('sql', query)}."


def of_search(guess: Guess) -> str:
    """Answer `users search ada`, `search ada`, and `users ada`, if the list cannot show one object."""
    others = [word for word in guess.words if word != guess.word]
    text = guess.value.strip(_QUOTES)
    if not guess.path and guess.word in (*_SEARCHING, "find") and text and len(others) == 1:
        return f"Use {guess.line('users', '--where', search_condition(RESOURCES['users'], text))}."
    if len(guess.path) == 1 and guess.resource is not None and guess.word in _SEARCHING and text:
        return f"Use {guess.line(*guess.path, '--where', search_condition(guess.resource, text), *others[1:])}."
    return ""


def of_organization(guess: Guess) -> str:
    """Answer `users --mine`, `users in acme`, and `users acme` with the list of one organization."""
    if guess.path == ("members",) and _OWN.fullmatch(guess.word.lower()):
        line = guess.line(*guess.path, *guess.words_without_option)
        return f"Omit it: the list has only the members of the organization in use. Use {line}."
    if guess.path not in _EVERYWHERE or guess.ctx is None:
        return ""
    session = guess.ctx.session
    in_use = session.settings.organization or "NAME"
    known = session.names.by_id("organizations")
    if _OWN.fullmatch(guess.word.lower()):
        return f"Use {guess.with_replacement(f'--org {quoted(known.get(in_use, in_use))}')}."
    text = (guess.value if guess.word in (*_OF, "in") else guess.word).strip(_QUOTES)
    name = next((name for name in (*known.values(), in_use) if name.casefold() == text.casefold()), "")
    if not name:
        return ""
    has_value = text != guess.word
    return f"Use {guess.with_replacement(f'--org {quoted(name)}', with_value=has_value)}."


def of_possession(guess: Guess) -> str:
    """Answer `roles of ada@example.com` with everything that a person has, and `users of Platform` with the members."""
    if guess.path in (("users",), ("members",)) and guess.word in ("of", "in") and len(guess.words) == 2:
        return f"Use {guess.line('teams', 'members', guess.value)}."
    if guess.path[:1] and guess.path[0] in _OWNED and guess.word in _OF and guess.value:
        return f"Use {guess.line('access', guess.value)}."
    if guess.path[:1] and guess.path[0] in _OWNED and "@" in guess.word and len(guess.path) == 1:
        return f"Use {guess.line('access', *guess.words)}." if len(guess.words) == 1 else ""
    if not guess.path and guess.word in _OWNED and guess.value in _OF and len(guess.words) > 2:
        return f"Use {guess.line('access', *guess.words[2:])}."
    return ""


def of_stored_state(guess: Guess) -> str:
    """Answer `capture now` with a new capture, and `reviews status q4` with the review or the list of all reviews."""
    others = [word for word in guess.words if word != guess.word]
    if not guess.path and guess.word == "capture":
        return f"Use {guess.line('captures', 'create', *(word for word in others if word != 'now'))}."
    if guess.path == ("reviews",) and guess.word in ("status", "progress"):
        return f"Use {guess.line('reviews', *(['get', *others] if others else []))}."
    return ""


def of_saving(guess: Guess) -> str:
    """Answer `save users.csv` and `download users`."""
    if guess.path or guess.word not in ("save", "download", "to-csv") or len(guess.words) != 2:
        return ""
    noun, dot, _ = guess.value.partition(".")
    noun = noun if noun in RESOURCES else "users"
    return f"Use {guess.line(noun, '--save', guess.value if dot else f'{noun}.csv')}."


def of_recent_people(guess: Guess) -> str:
    """Answer `users --last 7d`: an account has no time."""
    if guess.path[:1] and guess.path[0] in _PEOPLE and len(guess.path) == 1 and guess.word in _TIMES:
        return last_login(guess.value)
    return ""


def of_option_as_word(guess: Guess) -> str:
    """Answer `users where name=ada` and `runs status failed`: an option begins with two dashes."""
    option = f"--{guess.word}"
    is_verb = guess.word == "show"  # of other tools, for one object
    if len(guess.path) != 1 or guess.resource is None or not guess.value or option not in guess.options or is_verb:
        return ""
    return f"Use {guess.with_replacement(option)}."


ADVICE = (
    of_count,
    of_search,
    of_organization,
    of_possession,
    of_stored_state,
    of_saving,
    of_recent_people,
    of_option_as_word,
)
