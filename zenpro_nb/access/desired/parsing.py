"""Parse the desired state from YAML; errors name the line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NoReturn, TypeVar
from unicodedata import category

import yaml

from zenpro_nb.access.desired.state import (
    VERSION,
    DesiredGroup,
    DesiredPrincipal,
    DesiredProject,
    DesiredRole,
    DesiredState,
    DesiredTeam,
    DesiredWorkspace,
    Mode,
    SourceText,
)
from zenpro_nb.access.plans.options import GuardOptions
from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.suggestions import did_you_mean
from zenpro_nb.syntax.timespec import parse_deadline

_TAG = "tag:yaml.org,2002:"
_MODES: tuple[Mode, Mode] = ("exact", "additive")
_SECTIONS = ("teams", "organization_roles", "workspace_roles", "project_roles")
_STRANGE = ("Cc", "Cs")  # control characters, and halves of a character
_ENTRY = "Write {principal: NAME, until: 2026-12-08}."
_UNTIL = "2026-12-08 (through that day, UTC) or 2026-12-08T12:00:00Z"
_SPACED_ZONE = re.compile(r"\s+(?=(Z|[+-]\d\d?(:?\d\d)?)$)")  # YAML allows a space before the time zone
_Word = TypeVar("_Word", bound=SourceText)
_ANOTHER = "Write [] or {} for an empty value, or remove the key."


def desired_state(text: str, file: str = "") -> DesiredState:
    r"""Return the desired state in a YAML text.

    Args:
        text: the text.
        file: its name, for messages.

    Raises:
        UsageError: the text is not YAML, has an unknown version or an invalid entry; the message names the line.

    Example:
        >>> state = desired_state("zenpro: 1\nteams: {ops: {members: [ada@example.com]}}", "access.yaml")
        >>> [(row.kind, row.principal, row.source) for row in state.rows()][1:]
        [('team-member', 'ada@example.com', 'access.yaml, line 2')]
    """
    reader = _Reader(file)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(part for part in (error.context, error.problem) if part)
        reader.fail(mark.line + 1 if mark else 1, f"invalid YAML: {reason}", "Check the indentation and the quotes.")
    except yaml.YAMLError as error:
        reader.fail(1, f"invalid YAML: {error}", "Save the file as plain text in UTF-8.")
    except RecursionError:
        reader.fail(1, "the file is nested too deeply", "Compare it with the output of `export`.")
    if root is None:
        reader.fail(
            1, "the file is empty", f"Begin with `zenpro: {VERSION}`, or run `export access.yaml --exact` to write one."
        )
    return reader.state(root)


class _Reader:
    """Read the nodes of a YAML text."""

    def __init__(self, file: str) -> None:
        self._file = file

    def fail(self, line: int, message: str, hint: str = "") -> NoReturn:
        """Raise an error about a line."""
        place = f"{self._file}, line {line}" if self._file else f"line {line}"
        raise UsageError(f"{place}: {message}", hint=hint)

    def state(self, root: Any) -> DesiredState:
        """Return the desired state of the whole text."""
        there = self._keys(root, "a desired state")
        # In an unknown version, all other keys may have another meaning.
        version = there.get("zenpro")
        if version is None:
            self.fail(
                _line(root), "the key `zenpro` is required: the version of the format", f"Add `zenpro: {VERSION}`."
            )
        if self._integer(version[1], "zenpro") != VERSION:
            self.fail(
                _line(version[1]),
                f"unknown version {version[1].value}; the supported version is {VERSION}",
                "Update zenpro-nb, or export the file again.",
            )
        readers: Mapping[str, Callable[[Any], Any]] = {
            "organization": lambda node: self._text(node, "organization").text,
            "manage": self._manage,
            "groups": self._groups,
            "teams": self._teams,
            "organization_roles": lambda node: self._roles(node, "organization_roles"),
            "workspace_roles": self._workspaces,
        }
        self.check_names(there, ("zenpro", "protect", *readers))
        sections: dict[str, Any] = {name: readers[name](there[name][1]) for name in readers if name in there}
        if "protect" in there:
            sections |= self._protect(there["protect"][1])
        state = DesiredState(self._file, **sections)
        if state.is_exact("organization_roles") and state.organization_roles is None:
            self.fail(
                _line(there["manage"][1]),
                "organization_roles is declared exact, but the file does not contain it",
                "Add `organization_roles`; `organization_roles: {}` removes all organization roles.",
            )
        return state

    def _manage(self, node: Any) -> dict[str, Mode]:
        there = self._keys(node, "manage")
        self.check_names(there, _SECTIONS)
        modes: dict[str, Mode] = {}
        for name, (_, value) in there.items():
            word = self._text(value, name)
            mode = next((mode for mode in _MODES if mode == word.text), None)
            if mode is None:
                self.fail(word.line, f"invalid value {word.text!r} of {name}", f"Write {' or '.join(_MODES)}.")
            modes[name] = mode
        return modes

    def _protect(self, node: Any) -> dict[str, Any]:
        there = self._keys(node, "protect")
        self.check_names(there, ("users", "min_org_admins", "max_removals"))
        options: dict[str, Any] = {}
        if "users" in there:
            options["protect_users"] = self._texts(there["users"][1], "users")
        if "min_org_admins" in there:
            value = there["min_org_admins"][1]
            options["min_org_admins"] = self._integer(value, "min_org_admins")
            if options["min_org_admins"] < 0:
                self.fail(_line(value), "min_org_admins must not be negative")
        if "max_removals" in there:
            value = there["max_removals"][1]
            number = value.value if value.tag == f"{_TAG}int" else self._text(value, "max_removals").text
            try:
                GuardOptions(max_removals=str(number))
            except UsageError as error:
                self.fail(_line(value), error.message, error.hint)
            options["max_removals"] = str(number)
        return options

    def _groups(self, node: Any) -> tuple[DesiredGroup, ...]:
        groups = []
        for name, (line, value) in self._keys(node, "groups").items():
            there = self._keys(value, f"the group {name}")
            self.check_names(there, ("team", "role"))
            if len(there) != 1:
                self.fail(
                    _line(value),
                    f"the group {name} must map to exactly one team or role",
                    "Write {team: NAME} or {role: NAME}.",
                )
            what, (_, target) = next(iter(there.items()))
            groups.append(DesiredGroup(SourceText(name, line), **{what: self._text(target, what).text}))
        return tuple(groups)

    def _teams(self, node: Any) -> tuple[DesiredTeam, ...]:
        teams = []
        for name, (line, value) in self._keys(node, "teams").items():
            there = self._keys(value, f"the team {name}")
            self.check_names(there, ("previously", "description", "members"))
            values: dict[str, Any] = {}
            if "previously" in there:
                values["previously"] = self._texts(there["previously"][1], "previously")
            if "members" in there:
                values["members"] = self._principals(there["members"][1], "members")
            if "description" in there:
                values["description"] = self._text(there["description"][1], "description", empty=True)
            teams.append(DesiredTeam(SourceText(name, line), **values))
        return tuple(teams)

    def _workspaces(self, node: Any) -> tuple[DesiredWorkspace, ...]:
        workspaces = []
        for name, (line, value) in self._keys(node, "workspace_roles").items():
            there = self._keys(value, f"the workspace {name}")
            projects: list[DesiredProject] = []
            if "projects" in there:
                for key, (at, roles) in self._keys(there.pop("projects")[1], "projects").items():
                    projects.append(DesiredProject(SourceText(key, at), self._roles(roles, f"the project {key}")))
            roles = tuple(self._role(*pair) for pair in there.items())
            workspaces.append(DesiredWorkspace(SourceText(name, line), roles, tuple(projects)))
        return tuple(workspaces)

    def _roles(self, node: Any, what: str) -> tuple[DesiredRole, ...]:
        return tuple(self._role(*key) for key in self._keys(node, what).items())

    def _role(self, name: str, there: tuple[int, Any]) -> DesiredRole:
        line, value = there
        return DesiredRole(SourceText(name, line), self._principals(value, name))

    def _keys(self, node: Any, what: str) -> dict[str, tuple[int, Any]]:
        """Return the lines and values of a mapping, by key."""
        if not isinstance(node, yaml.MappingNode) or node.tag != f"{_TAG}map":
            self._wrong(node, what, "a mapping: keys, each followed by a colon")
        entries: dict[str, tuple[int, Any]] = {}
        for key, value in node.value:
            name = self._text(key, f"a key of {what}")
            if name.text in entries:
                self.fail(
                    name.line, f"duplicate key {name.text!r} (first on line {entries[name.text][0]})",
                    "Merge the two.",
                )  # fmt: skip
            entries[name.text] = (name.line, value)
        return entries

    def check_names(self, there: Mapping[str, tuple[int, Any]], valid_names: Iterable[str]) -> None:
        names = list(valid_names)
        for name, (line, _) in there.items():
            if name not in names:
                self.fail(line, f"unknown key {name!r}", did_you_mean(name, names, f"Valid keys: {', '.join(names)}."))

    def _texts(self, node: Any, what: str) -> tuple[SourceText, ...]:
        """Return a list of texts without duplicates."""
        return self._unique([self._text(entry, f"an entry of {what}") for entry in self._entries(node, what)], what)

    def _principals(self, node: Any, what: str) -> tuple[DesiredPrincipal, ...]:
        """Return a list of principals without duplicates: each a text, or a mapping with a deadline."""
        return self._unique([self._principal(entry, what) for entry in self._entries(node, what)], what)

    def _principal(self, node: Any, what: str) -> DesiredPrincipal:
        if not isinstance(node, yaml.MappingNode):
            word = self._text(node, f"an entry of {what}")
            return DesiredPrincipal(word.text, word.line)
        there = self._keys(node, f"an entry of {what}")
        self.check_names(there, ("principal", "until"))
        for name in ("principal", "until"):
            if name not in there:
                self.fail(_line(node), f"the key `{name}` is required in an entry of {what}", _ENTRY)
        word = self._text(there["principal"][1], "principal")
        return DesiredPrincipal(word.text, word.line, self._deadline(there["until"][1]))

    def _deadline(self, node: Any) -> datetime:
        if not isinstance(node, yaml.ScalarNode) or node.tag not in (f"{_TAG}timestamp", f"{_TAG}str"):
            self._wrong(node, "until", f"a date or a time: {_UNTIL}")
        try:
            return parse_deadline(_SPACED_ZONE.sub("", node.value))
        except ValueError:
            self.fail(_line(node), f"until is {node.value!r}, which is not a date or a time", f"Write {_UNTIL}.")

    def _entries(self, node: Any, what: str) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode) or node.tag != f"{_TAG}seq":
            self._wrong(node, what, "a list: [one, another]")
        entries: list[Any] = node.value
        return entries

    def _unique(self, words: Iterable[_Word], what: str) -> tuple[_Word, ...]:
        unique: dict[str, _Word] = {}
        for word in words:
            first = unique.setdefault(word.text.casefold(), word)
            if first is not word:
                self.fail(word.line, f"duplicate entry {word.text!r} in {what} (first on line {first.line})")
        return tuple(unique.values())

    def _text(self, node: Any, what: str, *, empty: bool = False) -> SourceText:
        if not isinstance(node, yaml.ScalarNode) or node.tag != f"{_TAG}str":
            self._wrong(node, what, "text")
        if not node.value.strip() and not empty:
            self.fail(_line(node), f"{what} is empty", "Enter a name.")
        allowed = "\n\t\r" if empty else ""  # a description may have several lines
        strange = next(
            (letter for letter in node.value if category(letter) in _STRANGE and letter not in allowed), None
        )
        if strange is not None:
            self.fail(
                _line(node),
                f"{what} contains the character U+{ord(strange):04X}, which is not text: {node.value!a}",
                "Remove the character, or replace it.",
            )
        return SourceText(node.value, _line(node))

    def _integer(self, node: Any, what: str) -> int:
        if not isinstance(node, yaml.ScalarNode) or node.tag != f"{_TAG}int":
            self._wrong(node, what, "a whole number")
        try:
            return int(node.value)
        except ValueError:
            self.fail(_line(node), f"{what} must be a whole number", f"Write it as a plain number: {what}: 1")

    def _wrong(self, node: Any, what: str, expectation: str) -> NoReturn:
        if node.tag == f"{_TAG}null":
            self.fail(_line(node), f"{what} has no value (null)", _ANOTHER)
        hint = ""
        if isinstance(node, yaml.ScalarNode) and expectation == "text":
            hint = f"Put it in quotes: '{node.value}'"
        self.fail(_line(node), f"{what} must be {expectation}", hint)


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
