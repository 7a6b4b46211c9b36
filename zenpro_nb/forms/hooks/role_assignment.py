"""The forms of `roles assign` and `roles revoke`: the role decides what else is asked; today beside afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence

from zenpro_nb import limits
from zenpro_nb.errors import ZenProError
from zenpro_nb.forms.choices import Choice
from zenpro_nb.forms.field_choices import FieldChoices
from zenpro_nb.forms.fields import Field
from zenpro_nb.forms.hooks import current_roles
from zenpro_nb.forms.hooks.base import Table
from zenpro_nb.forms.hooks.current_roles import HeldRole, RolesScope
from zenpro_nb.forms.hooks.principals import PRINCIPALS, PrincipalHooks
from zenpro_nb.forms.messages import Message, Tone, in_words
from zenpro_nb.forms.state import OpenForm, State
from zenpro_nb.framework.parameters.principals import KINDS

_HEAD = ("Who", "Has today", "Afterwards")
# The fields of a role's scope, by its level. A role of the organization needs none.
_SCOPES = {"workspace": {"workspace"}, "project": {"workspace", "project"}}
_LEVELS = {
    "organization": "It applies to the whole organization.",
    "workspace": "It applies to one workspace.",
    "project": "It applies to one project of a workspace.",
}


class RoleAssignmentHooks(PrincipalHooks):
    """What the forms of role assignments add."""

    def __init__(self, form: OpenForm, choices: FieldChoices) -> None:
        super().__init__(form, choices)
        self._table: Table | Message | None = None
        self._edition = 0  # counts the changes of what the table shows

    def shaped(self, fields: Sequence[Field]) -> list[Field]:
        """Put the scope right behind the role, which decides whether it is asked for."""
        scope = [field for field in fields if field.name in ("workspace", "project")]
        others = [field for field in fields if field not in scope]
        behind = 1 + next(index for index, field in enumerate(others) if field.name == "role")
        return [*others[:behind], *scope, *others[behind:]]

    def hidden(self) -> Collection[str]:
        """Hide the scope that the role's level does not need."""
        return {"workspace", "project"} - self._scope_fields()

    def needed(self) -> Collection[str]:
        """Ask for the scope that it needs."""
        return self._scope_fields()

    def advice(self, name: str) -> Message | None:
        """Say what the level of the role means."""
        words = _LEVELS.get(self._level()) if name == "role" else None
        return Message(words) if words else None

    def opened(self) -> None:
        """Read the levels of the roles, which decide what is asked."""
        self.choices.read("roles")
        self.changed("role")

    def changed(self, name: str) -> None:
        """Look again who has what; another organization has other roles, whose levels decide what is asked."""
        if name == "org" and self.choices.organization_id:
            self.form.background.soon(self._read_roles)
        if name not in ("role", "workspace", "project", "org", *PRINCIPALS):
            return
        with self.form.lock:
            self._edition += 1
            complete = self._scope() is not None and self._names_somebody()
            self._table = Message("Looking up who has what today …", Tone.BUSY) if complete else None
        if complete:
            self.form.background.later("current roles", limits.FORM_DEBOUNCE, self._look)

    def _read_roles(self) -> None:
        """Read the roles of the organization that was chosen. In the background."""
        # The picker of roles reads them again, and reports what goes wrong.
        with contextlib.suppress(ZenProError):
            self.choices.read("roles")
            self.changed("role")
            self.form.tell()

    def table(self) -> Table | Message | None:
        """Return who has what today, and afterwards."""
        return self._table

    def done(self, frame: object) -> None:
        """Look again: today has changed."""
        self.changed("role")
        self.form.tell()

    def _names_somebody(self) -> bool:
        return any(self.form.values.get(name) for name in PRINCIPALS)

    def _level(self) -> str:
        role = self.choices.chosen("role")
        return str(role.record.get("level")) if role else ""

    def _scope_fields(self) -> set[str]:
        return _SCOPES.get(self._level(), set())

    def _scope(self) -> RolesScope | None:
        """Return where the role would be held; None while that is not filled in."""
        organization_id, level = self.choices.organization_id, self._level()
        if not organization_id or not level:
            return None
        if level == "organization":
            return RolesScope(organization_id)
        workspace = self.choices.chosen("workspace")
        project = self.form.values.get("project")
        if workspace is None:
            # Its names may not have been read yet; `_look` reads them.
            return RolesScope(organization_id, "?") if self.form.values.get("workspace") else None
        if level == "project":
            return RolesScope(organization_id, workspace.id, str(project)) if project else None
        return RolesScope(organization_id, workspace.id)

    def _look(self) -> None:
        """Read who has what. In the background."""
        with self.form.lock:
            edition = self._edition
            if self.form.state is State.CLOSED:
                return
        found: Table | Message | None
        try:
            found = self._found()
        except ZenProError as error:
            found = Message(f"Who has what today cannot be shown: {in_words(error)}", Tone.ADVICE)
        with self.form.lock:
            if edition != self._edition:
                return
            self._table = found
        self.form.tell()

    def _found(self) -> Table | None:
        for kind in KINDS:
            if self.form.values.get(kind.parameter):
                self.choices.read(kind.noun)
        if self.form.values.get("workspace"):
            self.choices.read("workspaces")
        people = [choice for name in PRINCIPALS for choice in self.choices.all_chosen(name)]
        scope, role = self._scope(), self.choices.chosen("role")
        if scope is None or role is None or scope.workspace_id == "?":
            return None
        held = current_roles.read(self.form.session, scope, self.choices.read("roles"), people)
        return Table(_HEAD, [self._row(person, role, held.get(person.id, [])) for person in people])

    def _row(self, choice: Choice, role: Choice, held: Sequence[HeldRole]) -> Sequence[str]:
        return choice.value, ", ".join(str(role) for role in held) or "nothing", self._afterwards(role, held)

    def _afterwards(self, role: Choice, held: Sequence[HeldRole]) -> str:
        direct = any(item.role_id == role.id and not item.team for item in held)
        teams = [item.team for item in held if item.role_id == role.id and item.team]
        if self.form.words[-1] == "revoke":
            if not direct:
                return f"does not have {role.value} directly: nothing changes"
            return f"loses {role.value}" + (f", but keeps it through team {teams[0]}" if teams else "")
        if direct:
            return f"has {role.value} already: nothing changes"
        return f"gets {role.value}" + (f", which team {teams[0]} brings already" if teams else "")
