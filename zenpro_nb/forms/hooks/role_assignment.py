"""The forms of `roles assign` and `roles revoke`: the role decides what else is asked; today beside afterwards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from zenpro_nb import limits
from zenpro_nb.commands.core.principals import KINDS
from zenpro_nb.errors import ZenProError
from zenpro_nb.forms.choices import Choice
from zenpro_nb.forms.fields import Field
from zenpro_nb.forms.hooks import current_roles
from zenpro_nb.forms.hooks.current_roles import Held, RolesScope, Standing
from zenpro_nb.forms.hooks.hooks import Care, Table
from zenpro_nb.forms.messages import Note, Tone, in_words

if TYPE_CHECKING:
    from zenpro_nb.forms.form import Form

_PRINCIPALS = tuple(kind.parameter for kind in KINDS)
_HEAD = ("Who", "Has today", "Afterwards")


class AssignmentCare(Care):
    """What the form of role assignments knows."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self._table: Table | Note | None = None
        self._edition = 0

    def shaped(self, fields: Sequence[Field]) -> list[Field]:
        """The scope comes right behind the role, which decides whether it is asked for."""
        scope = [field for field in fields if field.name in ("workspace", "project")]
        others = [field for field in fields if field not in scope]
        behind = 1 + next(index for index, field in enumerate(others) if field.name == "role")
        return [*others[:behind], *scope, *others[behind:]]

    def hidden(self) -> Collection[str]:
        """The scope that the role's level does not need."""
        level = self._level()
        return {"workspace": {"project"}, "project": set()}.get(level, {"workspace", "project"})

    def needed(self) -> Collection[str]:
        """The scope that it needs, and somebody whom it is about."""
        needed = {"workspace": {"workspace"}, "project": {"workspace", "project"}}.get(self._level(), set())
        nobody = not any(self.form.values.get(name) for name in _PRINCIPALS)
        return needed | ({"users"} if nobody else set())

    def advice(self, name: str) -> Note | None:
        """What the level of the role means, and that somebody must be named."""
        if name == "users" and "users" in self.needed():
            return Note("At least one user, service account, team or invitation is needed.")
        role = self.form.picking.choice("role") if name == "role" else None
        level = role.record.get("level") if role else None
        words = {
            "organization": "A role of the whole organization.",
            "workspace": "A role of a workspace.",
            "project": "A role of a project in a workspace.",
        }.get(str(level))
        return Note(words) if words else None

    def opened(self) -> None:
        """The levels of the roles must be known before anything can be asked."""
        try:
            self.form.picking.read("roles")
        except ZenProError as error:
            self.form.say(error)
            return
        self.changed("role")
        self.form.touch()

    def changed(self, name: str) -> None:
        """Look again who has what."""
        if name not in ("role", "workspace", "project", "org", *_PRINCIPALS):
            return
        with self.form.lock:
            self._edition += 1
            complete = self._scope() is not None and any(self.form.values.get(one) for one in _PRINCIPALS)
            self._table = Note("looking who has what today …", Tone.BUSY) if complete else None
        if complete:
            self.form.background.later("standing", limits.FORM_DEBOUNCE, self._look)

    def table(self) -> Table | Note | None:
        """Who has what today, and afterwards."""
        return self._table

    def done(self, frame: object) -> None:
        """Today has changed."""
        self.changed("role")
        self.form.tell()

    def _level(self) -> str:
        role = self.form.picking.choice("role")
        return str(role.record.get("level")) if role else ""

    def _scope(self) -> RolesScope | None:
        """Where the role would be held; None while that is not filled in."""
        organization, level = self.form.picking.organization_id(), self._level()
        if not organization or not level:
            return None
        if level == "organization":
            return RolesScope(organization)
        workspace = self.form.picking.choice("workspace")
        project = self.form.values.get("project")
        if workspace is None:
            # Its names may not have been read yet; `_look` reads them.
            return RolesScope(organization, "?") if self.form.values.get("workspace") else None
        if level == "project":
            return RolesScope(organization, workspace.id, str(project)) if project else None
        return RolesScope(organization, workspace.id)

    def _look(self) -> None:
        """Read who has what. In the background."""
        with self.form.lock:
            edition = self._edition
        found: Table | Note | None
        try:
            found = self._found()
        except ZenProError as error:
            found = Note(f"Who has what today cannot be shown: {in_words(error)}", Tone.ADVICE)
        with self.form.lock:
            if edition != self._edition:
                return
            self._table = found
        self.form.tell()

    def _found(self) -> Table | None:
        picking = self.form.picking
        for kind in KINDS:
            if self.form.values.get(kind.parameter):
                picking.read(kind.noun)
        if self.form.values.get("workspace"):
            picking.read("workspaces")
        people = [choice for kind in KINDS for choice in picking.choices(kind.parameter)]
        scope, role = self._scope(), picking.choice("role")
        if scope is None or role is None or scope.workspace_id == "?":
            return None
        now = current_roles.read(self.form.session, scope, picking.read("roles"), people)
        return Table(_HEAD, [self._row(one, role, now) for one in people])

    def _row(self, one: Choice, role: Choice, now: Standing) -> Sequence[str]:
        held = now.get(one.id, [])
        return one.value, ", ".join(str(role) for role in held) or "nothing", self._afterwards(role, held)

    def _afterwards(self, role: Choice, held: Sequence[Held]) -> str:
        direct = any(one.role_id == role.id and not one.team for one in held)
        teams = [one.team for one in held if one.role_id == role.id and one.team]
        if self.form.words[-1] == "revoke":
            if not direct:
                return f"does not have {role.value} directly: nothing changes"
            return f"loses {role.value}" + (f", but keeps it through team {teams[0]}" if teams else "")
        if direct:
            return f"has {role.value} already: nothing changes"
        return f"gets {role.value}" + (f", which team {teams[0]} brings already" if teams else "")
