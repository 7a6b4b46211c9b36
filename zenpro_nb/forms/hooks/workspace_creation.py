"""The form of `workspaces create`: suggests names and versions, and follows the workspace until it is available."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Mapping, Sequence

from msgspec.structs import replace

from zenpro_nb import limits
from zenpro_nb.errors import ZenProError
from zenpro_nb.forms.choices import Choice
from zenpro_nb.forms.fields import Field
from zenpro_nb.forms.hooks.workspace_lifecycle import WorkspaceLifecycleHooks
from zenpro_nb.forms.messages import Message, Tone

# API facts 8.6: "only lowercase letters, numbers, and hyphens" according to the documentation. This was not
# seen to be enforced, so the server decides.
_USUAL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_PURPOSES = ("dev", "staging", "prod")


class WorkspaceCreationHooks(WorkspaceLifecycleHooks):
    """The additions of the form for a new workspace."""

    def shaped(self, fields: Sequence[Field]) -> list[Field]:
        """Suggest the releases as versions, and fold the key's destination away: only an enrollment needs it."""
        shaped_fields = [field.offering("releases") if field.name == "version" else field for field in fields]
        return [replace(field, rare=True) if field.name == "to" else field for field in shaped_fields]

    def hidden(self) -> Collection[str]:
        """Hide the destination of the key unless the workspace is enrolled: others have no key."""
        return super().hidden() if self._is_enrolled() else {*super().hidden(), "to"}

    def nouns(self) -> Collection[str]:
        """Require the destination of the key, because it is shown only once."""
        return ("to",) if self._is_enrolled() else ()

    def follows(self) -> bool:
        """Return whether to follow the workspace. An enrolled one waits for its owner to start the server."""
        return not self._is_enrolled()

    def problems(self) -> Mapping[str, str]:
        """Return the names that every server refuses."""
        problems = {}
        for name in ("name", "display_name"):
            value = self.form.values.get(name)
            if isinstance(value, str) and len(value) > limits.WORKSPACE_NAME:
                problems[name] = f"Use at most {limits.WORKSPACE_NAME} characters; this name has {len(value)}."
        return problems

    def advice(self, name: str) -> Message | None:
        """Advise against a name that the documentation does not allow, and suggest a valid one."""
        value = self.form.values.get(name)
        if name != "name" or not isinstance(value, str) or not value or _USUAL.fullmatch(value):
            return None
        usual = _usual(value)
        return Message(
            "According to ZenML's documentation, use only lowercase letters, digits, and hyphens"
            + (f": {usual}" if usual else "."),
            Tone.ADVICE,
        )

    def on_open(self) -> None:
        """Read the names of existing workspaces, which suggestions are based on."""
        # Without them the form has no suggestions; everything else works.
        with contextlib.suppress(ZenProError):
            self.choices.read("workspaces")

    def suggestions(self, name: str) -> Sequence[str]:
        """Suggest names that resemble existing ones."""
        if name != "name" or self.form.values["name"]:
            return ()
        names, organization = self.choices.cached("workspaces"), self.choices.selected_choice("org")
        if names is None or organization is None:
            return ()
        return suggestion([choice.value for choice in names], organization)

    def _is_enrolled(self) -> bool:
        return bool(self.form.values.get("enroll"))


def suggestion(existing: Sequence[str], organization: Choice) -> list[str]:
    """Return names with the beginnings of existing ones: `ml-dev` if there is `ml-prod`."""
    ends = tuple(f"-{purpose}" for purpose in _PURPOSES)
    stems = [name.rpartition("-")[0] for name in existing if name.endswith(ends)]
    stems.append(_usual(organization.value) or "team")
    names = [f"{stem}-{purpose}" for stem in dict.fromkeys(stems) for purpose in _PURPOSES]
    return [name for name in names if name not in existing and len(name) <= limits.WORKSPACE_NAME][
        : limits.NAMES_SUGGESTED
    ]


def _usual(name: str) -> str:
    """Return the name in the form that the documentation allows."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))
