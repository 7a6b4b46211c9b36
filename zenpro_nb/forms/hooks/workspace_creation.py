"""The form of `workspaces create`: suggests names, offers versions, follows the new workspace until it is available."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from zenpro_nb.errors import ZenProError
from zenpro_nb.forms.choices import Choice
from zenpro_nb.forms.fields import Field
from zenpro_nb.forms.hooks.workspace_lifecycle import FollowingCare
from zenpro_nb.forms.messages import Note, Tone

# Fact sheet, section 4 (Workspace): 1 to 50 characters. Section 8: "only lowercase letters, numbers, and hyphens",
# which is the docs' word and not seen to be enforced; the server has the last one.
_LENGTH = 50
_USUAL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_PURPOSES = ("dev", "staging", "prod")
_SUGGESTED = 3


class CreationCare(FollowingCare):
    """What the form of a new workspace knows."""

    def shaped(self, fields: Sequence[Field]) -> list[Field]:
        """The version is picked from the releases; another may still be typed."""
        return [field.picking("releases") if field.name == "version" else field for field in fields]

    def hidden(self) -> Collection[str]:
        """Only an enrolled workspace has a key to put somewhere."""
        return super().hidden() if self._enrolled() else {*super().hidden(), "to"}

    def needed(self) -> Collection[str]:
        """The key is shown once, so that its place must be known before."""
        return ("to",) if self._enrolled() else ()

    def follows(self) -> bool:
        """An enrolled workspace becomes available when somebody has started its server."""
        return not self._enrolled()

    def problems(self) -> Mapping[str, str]:
        """Names that no server takes."""
        found = {}
        for name in ("name", "display_name"):
            value = self.form.values.get(name)
            if isinstance(value, str) and len(value) > _LENGTH:
                found[name] = f"At most {_LENGTH} characters; this has {len(value)}."
        return found

    def advice(self, name: str) -> Note | None:
        """A name that the docs would not allow, and one that they would."""
        value = self.form.values.get(name)
        if name != "name" or not isinstance(value, str) or not value or _USUAL.fullmatch(value):
            return None
        usual = "-".join(re.findall(r"[a-z0-9]+", value.lower()))
        return Note(
            "ZenML's documentation allows lowercase letters, digits and hyphens only"
            + (f": {usual}" if usual else "."),
            Tone.ADVICE,
        )

    def opened(self) -> None:
        """Suggestions come from the names that the organization has."""
        try:
            self.form.picking.read("workspaces")
        except ZenProError:
            # Without them there are no suggestions, and nothing else is lost.
            return
        self.form.tell()

    def suggestions(self, name: str) -> Sequence[str]:
        """Names in the manner of those that are there."""
        if name != "name" or self.form.values["name"]:
            return ()
        known = self.form.picking.known("workspaces")
        organization = self.form.picking.choice("org")
        if known is None or organization is None:
            return ()
        return suggested([choice.value for choice in known], organization)

    def _enrolled(self) -> bool:
        return bool(self.form.values.get("enroll"))


def suggested(taken: Sequence[str], organization: Choice) -> list[str]:
    """Names that follow the beginnings of those that are there: beside `ml-prod`, `ml-dev`."""
    ends = tuple(f"-{purpose}" for purpose in _PURPOSES)
    stems = [name.rpartition("-")[0] for name in taken if name.endswith(ends)]
    stems.append("-".join(re.findall(r"[a-z0-9]+", organization.value.lower())) or "team")
    found = [f"{stem}-{purpose}" for stem in dict.fromkeys(stems) for purpose in _PURPOSES]
    return [name for name in found if name not in taken and len(name) <= _LENGTH][:_SUGGESTED]
