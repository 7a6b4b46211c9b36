"""The error about principals in desired rows that do not exist: all of them, with their lines."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from zenpro_nb import limits
from zenpro_nb.errors import UnknownNameError
from zenpro_nb.syntax.counts import name_list
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.unparse import quoted

_LINE = re.compile(r"(?:(.+), )?line ([0-9]+)")


def unknown_principals(
    sources: Mapping[str, Sequence[str]], organization: str, known: Collection[str]
) -> UnknownNameError:
    """Return the error about principals that do not exist.

    Args:
        sources: for each of them, where it is named: "access.yaml, line 3"; "" if that is unknown.
        organization: the name of the organization.
        known: the names that exist.

    >>> one = {"chad@example.com": ["f.yaml, line 3", "f.yaml, line 9"]}
    >>> unknown_principals(one, "acme", ["linus@example.com"]).message
    "f.yaml, lines 3, 9: No principal in acme is called 'chad@example.com'"
    >>> several = one | {"lins@example.com": ["f.yaml, line 5"]}
    >>> unknown_principals(several, "acme", ["linus@example.com"]).message
    "f.yaml: No principals in acme are called 'chad@example.com' (lines 3, 9), 'lins@example.com' (line 5)"
    """
    strangers = [name for name in sources if not did_you_mean(name, known)]
    hints = [hint for name in sources if (hint := did_you_mean(name, known))][: limits.SUGGESTIONS]
    if people := [name for name in strangers if "@" in name]:
        hints.append(_ways_out(people, sources))
    if len(people) < len(strangers):
        hints.append("Write a team as team:NAME, and a service account as bot:NAME.")
    places = {name: _place(where) for name, where in sources.items()}
    files = {file for file, _ in places.values()}
    file = files.pop() if len(files) == 1 else ""
    if len(sources) == 1:
        ((name, (_, lines)),) = places.items()
        file = ", ".join(filter(None, [file, lines]))
        words = f"No principal in {organization} is called {name!r}"
    else:
        names = [f"{name!r}{f' ({lines})' if lines else ''}" for name, (_, lines) in places.items()]
        words = f"No principals in {organization} are called {name_list(names, limits.NAMES_IN_MESSAGE)}"
    return UnknownNameError(
        f"{file}: {words}" if file else words, hint=" ".join(hints), strangers=strangers, names=[*sources]
    )


def _ways_out(people: Sequence[str], sources: Mapping[str, Sequence[str]]) -> str:
    """Return how to continue with people who are not in the organization: with them, or without them."""
    line = f"users onboard {' '.join(map(quoted, people))}"
    if len(line) > limits.HELP_WIDTH:
        line = "users onboard EMAIL …"
    lines = "line" if sum(len(sources[name]) for name in people) == 1 else "lines"
    whom = people[0] if len(people) == 1 else "these people"
    return f"To invite {whom}: `{line}`. Otherwise, delete the {lines}, or write the file again with `export`."


def _place(sources: Sequence[str]) -> tuple[str, str]:
    """Return the file of these sources and their lines in words; without the file if they have none in common."""
    found = [_LINE.fullmatch(source) for source in dict.fromkeys(sources)]
    lines = [match for match in found if match]
    if len(lines) < len(found) or len({match[1] for match in lines}) > 1:
        return "", name_list(list(dict.fromkeys(filter(None, sources))), limits.NAMES_IN_REASON)
    numbers = name_list([match[2] for match in lines], limits.NAMES_IN_REASON)
    return lines[0][1] or "", f"line{'' if len(lines) == 1 else 's'} {numbers}"
