"""The forms of `roles assign` and `roles revoke`. The role determines the fields; a table shows the changes."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence

from zenpro_nb import limits
from zenpro_nb.errors import ZenProError
from zenpro_nb.forms.choices import Choice
from zenpro_nb.forms.field_choices import FieldChoices
from zenpro_nb.forms.fields import Field
from zenpro_nb.forms.hooks import current_roles
from zenpro_nb.forms.hooks.base import FormTable
from zenpro_nb.forms.hooks.current_roles import HeldRole, RolesScope
from zenpro_nb.forms.hooks.principals import PRINCIPALS, PrincipalHooks
from zenpro_nb.forms.messages import Message, Tone, in_words
from zenpro_nb.forms.state import FormState, OpenForm
from zenpro_nb.framework.parameters.principals import KINDS

# The fields for the scope of a role, by its level. A role of the organization needs none.
_SCOPES = {"workspace": {"workspace"}, "project": {"workspace", "project"}}
_LEVELS = {
    "organization": "This role applies to the whole organization.",
    "workspace": "This role applies to one workspace.",
    "project": "This role applies to one project of a workspace.",
}


class RoleAssignmentHooks(PrincipalHooks):
    """The additions of the forms for role assignments."""

    def __init__(self, form: OpenForm, choices: FieldChoices) -> None:
        super().__init__(form, choices)
        self._table: FormTable | Message | None = None
        self._edition = 0  # counts the changes that affect the table

    def shaped(self, fields: Sequence[Field]) -> list[Field]:
        """Put the scope directly after the role, which determines whether it is required."""
        scope = [field for field in fields if field.name in ("workspace", "project")]
        others = [field for field in fields if field not in scope]
        after_role = 1 + next(index for index, field in enumerate(others) if field.name == "role")
        return [*others[:after_role], *scope, *others[after_role:]]

    def hidden(self) -> Collection[str]:
        """Hide the scope that the role's level does not need."""
        return {"workspace", "project"} - self._scope_fields()

    def nouns(self) -> Collection[str]:
        """Require the scope that the role's level needs."""
        return self._scope_fields()

    def advice(self, name: str) -> Message | None:
        """Explain the level of the role."""
        text = _LEVELS.get(self._level()) if name == "role" else None
        return Message(text) if text else None

    def on_open(self) -> None:
        """Read the levels of the roles, which determine the required fields."""
        self.choices.read("roles")
        self.changed("role")

    def changed(self, name: str) -> None:
        """Read the current roles again. Another organization also has other roles, with other levels."""
        if name == "org" and self.choices.organization_id:
            self.form.background.soon(self._read_roles)
        if name not in ("role", "workspace", "project", "org", *PRINCIPALS):
            return
        with self.form.lock:
            self._edition += 1
            complete = self._scope() is not None and self._has_principals()
            self._table = Message("Reading current roles …", Tone.BUSY) if complete else None
        if complete:
            self.form.background.later("current roles", limits.FORM_DEBOUNCE, self._read_table)

    def _read_roles(self) -> None:
        """Read the roles of the chosen organization. Runs in the background."""
        # The picker of roles reads them again, and reports what goes wrong.
        with contextlib.suppress(ZenProError):
            self.choices.read("roles")
            self.changed("role")
            self.form.tell()

    def table(self) -> FormTable | Message | None:
        """Return the current roles, and those after the change; a change that was sent is in the current roles."""
        table = self._table
        if isinstance(table, FormTable) and self.form.state is FormState.SENT:
            return FormTable(table.head[:-1], [row[:-1] for row in table.rows])
        return table

    def after_success(self, frame: object) -> None:
        """Read the current roles again after the change."""
        self.changed("role")
        self.form.tell()

    def _has_principals(self) -> bool:
        return any(self.form.values.get(name) for name in PRINCIPALS)

    def _level(self) -> str:
        role = self.choices.selected_choice("role")
        return str(role.record.get("level")) if role else ""

    def _scope_fields(self) -> set[str]:
        return _SCOPES.get(self._level(), set())

    def _scope(self) -> RolesScope | None:
        """Return the scope of the role; None while it is incomplete."""
        organization_id, level = self.choices.organization_id, self._level()
        if not organization_id or not level:
            return None
        if level == "organization":
            return RolesScope(organization_id)
        workspace = self.choices.selected_choice("workspace")
        project = self.form.values.get("project")
        if workspace is None:
            # The workspaces may not have been read yet; `_read_table` reads them.
            return RolesScope(organization_id, "?") if self.form.values.get("workspace") else None
        if level == "project":
            return RolesScope(organization_id, workspace.id, str(project)) if project else None
        return RolesScope(organization_id, workspace.id)

    def _read_table(self) -> None:
        """Read the current roles. Runs in the background."""
        with self.form.lock:
            edition = self._edition
            if self.form.state is FormState.CLOSED:
                return
        table: FormTable | Message | None
        try:
            table = self._new_table()
        except ZenProError as error:
            table = Message(f"Cannot show current roles: {in_words(error)}", Tone.ADVICE)
        with self.form.lock:
            if edition != self._edition:
                return
            self._table = table
        self.form.tell()

    def _new_table(self) -> FormTable | None:
        for kind in KINDS:
            if self.form.values.get(kind.parameter):
                self.choices.read(kind.noun)
        if self.form.values.get("workspace"):
            self.choices.read("workspaces")
        people = [choice for name in PRINCIPALS for choice in self.choices.all_chosen(name)]
        scope, role = self._scope(), self.choices.selected_choice("role")
        if scope is None or role is None or scope.workspace_id == "?":
            return None
        current = current_roles.read(self.form.session, scope, self.choices.read("roles"), people)
        workspace = self.choices.selected_choice("workspace") if scope.workspace_id else None
        place = "" if workspace is None else f" in {'the project' if scope.project_id else workspace.title}"
        head = ("Principal", f"Current roles{place}", "After")
        return FormTable(head, [self._row(person, role, current.get(person.id, [])) for person in people])

    def _row(self, choice: Choice, role: Choice, current: Sequence[HeldRole]) -> Sequence[str]:
        return choice.title, ", ".join(str(role) for role in current) or "none", self._after(role, current)

    def _after(self, role: Choice, current: Sequence[HeldRole]) -> str:
        direct = any(assigned.role_id == role.id and not assigned.team for assigned in current)
        teams = [assigned.team for assigned in current if assigned.role_id == role.id and assigned.team]
        if self.form.words[-1] == "revoke":
            if not direct:
                return f"no change: does not have {role.title} directly"
            return f"loses {role.title}" + (f", but keeps it through team {teams[0]}" if teams else "")
        if direct:
            return f"no change: already has {role.title}"
        if teams:
            return f"gets {role.title} (already has it through team {teams[0]})"
        return f"gets {role.title}" + self._inclusion(role, current)

    def _inclusion(self, role: Choice, current: Sequence[HeldRole]) -> str:
        """Return which current role already includes the new one. Nothing is certain about custom roles."""
        from zenpro_nb.access.effective.implied_roles import includes  # imports numpy

        predefined = {choice.id: choice.title for choice in self.choices.read("roles") if _is_predefined(choice)}
        held = next(
            (held for held in current if held.role_id in predefined and includes(predefined[held.role_id], role.title)),
            None,
        )
        return f", which adds nothing: {held} includes it" if held and role.id in predefined else ""


def _is_predefined(role: Choice) -> bool:
    return role.record.get("system_managed") is True
