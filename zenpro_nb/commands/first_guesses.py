"""Advice on lines that newcomers type first: each answer is a line that can be pasted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zenpro_nb.errors import UnknownNameError, ZenProError
from zenpro_nb.framework.declare import Guess, at_capture
from zenpro_nb.resources.control_plane.people import last_login
from zenpro_nb.syntax.unparse import quoted

_GROUPING = ("--group-by", "--groupby", "--group", "--grouped-by", "--count-by", "--per")
_SIGNING_IN = re.compile(
    r"dormant|idle|stale|(last|never|not|no)[-_]?(log(ged)?[-_]?ins?|sign(ed)?[-_]?ins?|seen|active|activity|used)([-_].*)?"
    r"|(inactive|unused|idle)[-_](for|since)|(log|sign)[-_]?ins?"
)
_PEOPLE = ("users", "members", "access", "audit", "me")
_SELECTING = ("--user", "--users", "--principal", "--person", "--who", "--email", "-u")
_ASKING = ("--why", "--for", "--may", "--permission", "--right", "--allows", "--allowed", "--to")
_WORKSPACE = ("--workspace", "-w", "--workspaces")
_WORKSPACE_ROLE = ("--workspace-role", "--ws-role")
_LEVELS = ("admin", "developer", "contributor", "viewer")
_SMALL_WORDS = ("can", "may", "could", "is", "are", "has", "have", "the", "a", "an", "of", "to", "in", "on", "access")
_RIGHT = re.compile(r"\w+:\w+")
_AGO = re.compile(r"-?(\d+[a-z]+)")
_IN_DAYS = {"yesterday": "1d", "last week": "7d", "last month": "30d", "last quarter": "90d", "last year": "365d"}
_COMPARED_WITH = ("--since", "--from", "--at", "--last", "--before", "--days", "--against", "--with", "--compare",
                  "--to", "--compare-with", "--compare-to", "--ago", "--base")  # fmt: skip
_EVERYTHING = ("--all", "-a", "--everything", "--all-workspaces", "--all-projects")
_HIDING = ("--pseudonyms", "--pseudonym", "--anonymize", "--anonymise", "--anonymous", "--hide-names", "--no-names",
           "--without-names", "--redact", "--mask")  # fmt: skip


def of_group(guess: Guess) -> str:
    """Answer `users --group-by company`: the option is `--by`."""
    if f"--{guess.word.lstrip('-')}" not in _GROUPING or "--by" not in guess.options or not guess.value:
        return ""
    return f"Use {guess.with_replacement(f'--by {guess.value}', with_value=True)}."


def of_last_login(guess: Guess) -> str:
    """Answer questions such as `users --last-login 90d`: the check `dormant` answers them."""
    word = guess.word.strip("-").lower()
    if guess.path[:1] and guess.path[0] not in _PEOPLE:
        return ""
    if not _SIGNING_IN.fullmatch(word):
        return ""
    return last_login(guess.value)


def of_grants(guess: Guess) -> str:
    """Answer `users onboard … --workspace W` with the complete option `--grant`."""
    if guess.path != ("users", "onboard") or guess.word not in (*_WORKSPACE, *_WORKSPACE_ROLE):
        return ""
    # The refused option is one of the words again: both options can be in the line, in any order.
    words = [*guess.other_words, guess.word, guess.value]
    workspace, words = take_option(words, _WORKSPACE)
    role, words = take_option(words, _WORKSPACE_ROLE)
    if not role:
        role, others = take_option(words, ("--role",))
        if role.lower() in _LEVELS:
            role = f"Workspace {role.title()}"
        # A role of an organization cannot be assigned in a workspace.
        role, words = (role, others) if role.startswith("Workspace ") else ("Workspace Viewer", words)
    if not workspace:
        return ""
    line = guess.line(*guess.path, *words, f"--grant '{role}@{workspace}'")
    return f"A workspace role has its own option: {line}."


def take_option(words: list[str], options: Sequence[str]) -> tuple[str, list[str]]:
    """Return the value of the first of these options, and the words without it; an empty value if there is none."""
    at = next((index for index, word in enumerate(words) if word.partition("=")[0] in options), len(words))
    _, equals, value = words[at].partition("=") if at < len(words) else ("", "", "")
    text = value if equals else words[at + 1] if at + 1 < len(words) else ""
    return text.strip("'\""), words[:at] + words[at + (1 if equals else 2) :]


def of_access(guess: Guess) -> str:
    """Answer `access --user X --can …` and `access X delete:stack`: the principal is an argument, `--can` an option."""
    if guess.path != ("access",):
        return ""
    if guess.word in _SELECTING and guess.value:
        return f"Use {guess.line('access', quoted(guess.value), *guess.other_words)}."
    if guess.word in _ASKING and guess.value:
        return f"Use {guess.with_replacement(f'--can {guess.value}', with_value=True)}."
    if _RIGHT.fullmatch(guess.word):
        others = [word for word in guess.words if word != guess.word]
        return f"Use {guess.line('access', *others, '--can', guess.word)}."
    return ""


def of_question(guess: Guess) -> str:
    """Answer `why X delete:stack`, `can X delete stack`, and `who can delete:stack`."""
    if guess.path or guess.word not in ("why", "can", "may", "who", "whether"):
        return ""
    words = [word for word in guess.words[1:] if word not in _SMALL_WORDS]
    if any(word.startswith("admin") for word in words):
        return f"Use {guess.line('access', '--admins')}."
    people = [word for word in words if "@" in word or word.startswith(("bot:", "team:"))][:1]
    options = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    others = [word for word in words[:options] if word not in people]
    word_count = 1 if others and ":" in others[0] else 2
    right = ":".join(others[:word_count])
    place = ["--workspace", others[word_count]] if len(others) > word_count else []
    can_option = ["--can", right] if ":" in right else []
    return f"Use {guess.line('access', *people, *can_option, *place, *words[options:])}."


def of_form(guess: Guess) -> str:
    """Answer `workspaces create --form`: `form` comes first."""
    is_verb = bool(guess.path) and guess.word == "form"
    if not is_verb and guess.word not in ("--form", "--interactive", "-i", "--gui", "--ui"):
        return ""
    return f"Use {guess.line('form', *guess.path, *guess.other_words)}."


def of_query(guess: Guess) -> str:
    """Answer `sql SELECT …` without quotes."""
    if guess.path != ("sql",) or len(guess.words) < 2 or any(word.startswith("-") for word in guess.words):
        return ""
    query = " ".join(guess.words)
    quote = '"' if "'" in query else "'"
    return f"Put the query in quotes: {guess.line('sql', f'{quote}{query}{quote}')}." if quote not in query else ""


def of_capture(guess: Guess) -> str:
    """Answer `diff --since 30d` and `diff -30d`: the first capture is an argument."""
    if guess.path != ("diff",):
        return ""
    period = guess.word.removeprefix("--")
    if not guess.value and (days := _IN_DAYS.get(f"last {period}")):
        return f"Use {guess.line('diff', days)}."
    text = guess.value if guess.word in _COMPARED_WITH else guess.word
    if guess.word == "--days" and text.isdigit():
        text += "d"
    ago = _AGO.fullmatch(text)
    if ago is None and text.startswith("-"):
        return ""
    capture = ago.group(1) if ago else _IN_DAYS.get(text.strip("'\"").replace("-", " "), text)
    return _comparison(guess, capture) if text else ""


def _comparison(guess: Guess, capture: str) -> str:
    """Return the hint with the line that compares with a capture, or with the oldest one if all are newer."""
    line = f"Use {guess.line('diff', capture)}."
    try:
        if guess.ctx is not None:
            at_capture.capture_at(guess.ctx, capture.strip("'\""), None)
    except UnknownNameError as error:
        if not error.corrections:
            return f"{error}"
        return f"{error.message}. Use {guess.line('diff', quoted(error.corrections[0]))}."
    except ZenProError:
        return line  # without a server, the captures of the organization are unknown
    return line


def of_row(guess: Guess) -> str:
    """Answer `reviews decide q4 --revoke 3`: a row has an option."""
    if guess.path != ("reviews", "decide") or not guess.word.isdigit():
        return ""
    return f"Use {guess.with_replacement(f'--row {guess.word}')}."


def of_everything(guess: Guess) -> str:
    """Answer `runs --all` with all workspaces."""
    is_scoped = guess.resource is not None and guess.resource.scoped and "--workspace" in guess.options
    if not is_scoped or guess.word not in _EVERYTHING:
        return ""
    return f"Use {guess.with_replacement('--workspace all')}."


def of_pseudonyms(guess: Guess) -> str:
    """Answer `users --pseudonyms`: a switch for the whole session."""
    if guess.word not in _HIDING or not guess.path:
        return ""
    if "--pseudonyms" in guess.options:
        return f"Use {guess.with_replacement('--pseudonyms')}."
    if guess.path == ("notebooks", "share"):
        return f"Use {guess.line(*guess.path, *guess.words_without_option)}."
    return f"Use {guess.line('pseudonyms on')}, and then {guess.line(*guess.path, *guess.words_without_option)}."


ADVICE = (
    of_group, of_last_login, of_grants, of_access, of_question, of_form, of_query, of_capture, of_everything,
    of_pseudonyms, of_row,
)  # fmt: skip
