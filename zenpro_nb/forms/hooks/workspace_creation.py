"""The form of `workspaces create`: suggests names, offers versions, follows the new workspace until it is available."""

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

# Fact sheet, section 8: "only lowercase letters, numbers, and hyphens", which is the docs' word and not seen to be
# enforced; the server has the last one.
_USUAL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_PURPOSES = ("dev", "staging", "prod")


class WorkspaceCreationHooks(WorkspaceLifecycleHooks):
    """What the form of a new workspace adds."""

    def shaped(self, fields: Sequence[Field]) -> list[Field]:
        """Offer the releases as versions, of which another may still be typed; put the key's destination to enrolling.

        That is needed with an enrollment only, which few want.
        """
        offered = [field.offering("releases") if field.name == "version" else field for field in fields]
        return [replace(field, rare=True) if field.name == "to" else field for field in offered]

    def hidden(self) -> Collection[str]:
        """Hide the destination of a key where there is none: only an enrolled workspace has one."""
        return super().hidden() if self._is_enrolled() else {*super().hidden(), "to"}

    def needed(self) -> Collection[str]:
        """Ask for the destination of the key, because it is shown once only."""
        return ("to",) if self._is_enrolled() else ()

    def follows(self) -> bool:
        """Tell whether it can be followed: an enrolled one becomes available when somebody has started its server."""
        return not self._is_enrolled()

    def problems(self) -> Mapping[str, str]:
        """Return the names that no server takes."""
        found = {}
        for name in ("name", "display_name"):
            value = self.form.values.get(name)
            if isinstance(value, str) and len(value) > limits.WORKSPACE_NAME:
                found[name] = f"At most {limits.WORKSPACE_NAME} characters; this has {len(value)}."
        return found

    def advice(self, name: str) -> Message | None:
        """Advise against a name that the docs would not allow, and name one that they would."""
        value = self.form.values.get(name)
        if name != "name" or not isinstance(value, str) or not value or _USUAL.fullmatch(value):
            return None
        usual = _usual(value)
        return Message(
            "ZenML's documentation allows lowercase letters, digits and hyphens only"
            + (f": {usual}" if usual else "."),
            Tone.ADVICE,
        )

    def opened(self) -> None:
        """Read the names that the organization has, from which suggestions come."""
        # Without them there are no suggestions, and nothing else is lost.
        with contextlib.suppress(ZenProError):
            self.choices.read("workspaces")

    def suggestions(self, name: str) -> Sequence[str]:
        """Suggest names in the manner of those that are there."""
        if name != "name" or self.form.values["name"]:
            return ()
        known, organization = self.choices.known("workspaces"), self.choices.chosen("org")
        if known is None or organization is None:
            return ()
        return suggested([choice.value for choice in known], organization)

    def _is_enrolled(self) -> bool:
        return bool(self.form.values.get("enroll"))


def suggested(taken: Sequence[str], organization: Choice) -> list[str]:
    """Return names that follow the beginnings of those that are there: beside `ml-prod`, `ml-dev`."""
    ends = tuple(f"-{purpose}" for purpose in _PURPOSES)
    stems = [name.rpartition("-")[0] for name in taken if name.endswith(ends)]
    stems.append(_usual(organization.value) or "team")
    found = [f"{stem}-{purpose}" for stem in dict.fromkeys(stems) for purpose in _PURPOSES]
    return [name for name in found if name not in taken and len(name) <= limits.WORKSPACE_NAME][
        : limits.NAMES_SUGGESTED
    ]


def _usual(name: str) -> str:
    """Return the name as the docs would allow it."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))
