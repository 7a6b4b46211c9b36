"""Advice on questions about people and roles that newcomers type as they would ask them."""

from __future__ import annotations

import re

from zenpro_nb.commands.first_guesses import take_option
from zenpro_nb.framework.declare import Guess
from zenpro_nb.profiles import sign_in
from zenpro_nb.resources.control_plane.people import last_login

_STATUS = ("status", "connection", "session")
_DAYS = re.compile(r"\d+d?")
_STATES = {
    **dict.fromkeys(("inactive", "deactivated", "disabled"), "--inactive"),
    **dict.fromkeys(("active", "enabled"), "--active"),
}
_SWITCHES = {**dict.fromkeys(("false", "no", "0"), "--inactive"), **dict.fromkeys(("true", "yes", "1"), "--active")}
_ASSIGNING = ("assign", "grant", "give", "add-role", "set-role")
_MEMBERS = ("members", "users", "people", "holders", "who")
_WHY = ("why", "explain", "because", "reason")


def of_status(guess: Guess) -> str:
    """Answer `status`: the status card has no command of its own. Without a credential, signing in comes first."""
    if guess.path or guess.word not in _STATUS:
        return ""
    card = f"Run {guess.line()}: it shows the server, your account, and what is in use."
    session = guess.ctx.session if guess.ctx is not None else None
    if session is None or session.settings.credential is not None:
        return f"{card} Then list the accounts with {guess.line('users')}."
    trial = "start" if session.is_persistent else "run"
    sample = f"To use sample data, run {guess.line('sandbox', trial)}."
    return f"{card} You are not signed in. {sign_in(is_persistent=session.is_persistent)} {sample}"


def of_state(guess: Guess) -> str:
    """Answer `users --status inactive`, `users inactive`, and `users --active false`."""
    if guess.path != ("users",):
        return ""
    flag = _STATES.get(guess.word) or _SWITCHES.get(guess.word)
    if flag:
        words = [word for word in guess.words if word not in ("--active", "--inactive")]
        at = next((at for at, word in enumerate(words) if word.partition("=")[0] == guess.word), len(words))
        return f"Use {guess.line(*guess.path, *words[:at], flag, *words[at + 1 :])}."
    if guess.word in ("--status", "--state") and (flag := _STATES.get(guess.value.lower())):
        return f"Use {guess.with_replacement(flag, with_value=True)}."
    # `users --inactive 90d`: people mean the time since the last sign-in.
    return last_login(guess.word) if _DAYS.fullmatch(guess.word) else ""


def of_assignment(guess: Guess) -> str:
    """Answer `teams assign Platform --role 'Workspace Viewer'`: the role comes first."""
    if guess.path not in (("teams",), ("users",)) or guess.word not in _ASSIGNING:
        return ""
    role, words = take_option(list(guess.words), ("--role",))
    words.remove(guess.word)
    principals = [word for word in words if not word.startswith("-")][:1]
    if not role or not principals:
        return ""
    words.remove(principals[0])
    option = "--team" if guess.path == ("teams",) else "--user"
    return f"Use {guess.line('roles', 'assign', _as_word(role), option, *principals, *words)}."


def of_new_user(guess: Guess) -> str:
    """Answer `users create X --role R`: an account alone has no roles."""
    if guess.path != ("users", "create") or guess.word not in ("--role", "--team", "--workspace", "--grant"):
        return ""
    return f"`users create` creates an account without roles. Use {guess.line('users', 'onboard', *guess.words)}."


def of_holders(guess: Guess) -> str:
    """Answer `roles members 'Organization Admin'` and `roles get 'Organization Admin' --members`."""
    is_verb = guess.path == ("roles",) and guess.word in _MEMBERS
    if not is_verb and (guess.path != ("roles", "get") or guess.word.lstrip("-") not in _MEMBERS):
        return ""
    names = [word for word in guess.words if word != guess.word and not word.startswith("-")][:1]
    return f"Use {guess.line('access', '--role', *names)}." if names else ""


def of_explanation(guess: Guess) -> str:
    """Answer `access X --why`, `access why X`, and `access X --can delete stack`."""
    if guess.path != ("access",):
        return ""
    words = list(guess.words)
    if guess.word.lstrip("-") in _WHY:
        return f"Without an option, `access` shows why. Use {guess.line('access', *guess.words_without_option)}."
    if words[:1] and words[0] in _WHY:
        return f"Use {guess.line('access', *words[1:])}."
    at = words.index("--can") if "--can" in words else len(words)
    if words[at + 2 : at + 3] == [guess.word] and ":" not in words[at + 1]:
        right = f"{words[at + 1]}:{guess.word}"
        return f"Use {guess.line('access', *words[: at + 1], right, *words[at + 3 :])}."
    return ""


def _as_word(role: str) -> str:
    return f"'{role}'" if " " in role else role


QUESTIONS = (of_status, of_state, of_assignment, of_new_user, of_holders, of_explanation)
