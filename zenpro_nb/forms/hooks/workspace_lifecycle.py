"""Forms of commands that begin something which takes minutes: it is followed in the form, beside the cells."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from zenpro_nb import limits
from zenpro_nb.client import SYSTEM
from zenpro_nb.commands.core import waiting
from zenpro_nb.commands.core.write import Record
from zenpro_nb.errors import NotFoundError, ZenProError
from zenpro_nb.forms.background import Background
from zenpro_nb.forms.fields import Raw
from zenpro_nb.forms.hooks.hooks import Care
from zenpro_nb.forms.messages import Note, Tone
from zenpro_nb.resources.control_plane import WORKSPACES

if TYPE_CHECKING:
    from zenpro_nb.forms.form import Form

_GOALS = {"deactivate": waiting.DEACTIVATED, "delete": waiting.DELETED}
_WAIT = ("wait", "timeout")


class FollowingCare(Care):
    """Follows a workspace until it is where the command sends it."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self._followed = 0
        self._goal = _GOALS.get(form.words[-1], waiting.AVAILABLE)

    def hidden(self) -> Collection[str]:
        """The form always waits, and never stands in the way meanwhile."""
        return _WAIT

    def follows(self) -> bool:
        """Whether what is filled in begins something that takes time."""
        # An update does so with a new version only.
        return "version" not in self.form.values or bool(self.form.values["version"])

    def sent(self, given: dict[str, Any]) -> dict[str, Any]:
        """The command itself does not wait: the form does."""
        return {**given, "wait": False}

    def in_line(self) -> Mapping[str, Raw]:
        """A cell with the line ends when the form would have ended."""
        return {"wait": True} if self.follows() else {}

    def done(self, frame: Any) -> None:
        """Follow it. In the background."""
        if not self.follows() or frame is None or not len(frame):
            return
        first = frame.iloc[0]
        key, name = (str(first[column]) if column in frame else "" for column in ("id", "name"))
        if not key:
            return
        with self.form.lock:
            self._followed += 1
            number = self._followed
        self._follow(number, key, name)

    def _follow(self, number: int, key: str, name: str) -> None:
        from zenpro_nb.query import record_of

        def look() -> Record:
            try:
                return record_of(self.form.session.client.get(f"/workspaces/{key}"))
            except NotFoundError:
                if self._goal == waiting.DELETED:
                    return {"name": name, "status": waiting.DELETED}
                raise

        def say(text: str) -> None:
            self._say(number, Note(text, Tone.BUSY))

        try:
            end = waiting.follow(
                look,
                lambda record: record.get("status") == self._goal,
                name=name,
                say=say,
                timeout=limits.FORM_FOLLOW_LIMIT,
                clock=_FormClock(self.form.background),
            )
        except ZenProError as error:
            self._say(number, Note(str(error), Tone.BAD))
        else:
            self._ended(number, name, end)

    def _ended(self, number: int, name: str, record: Record) -> None:
        """The result is what the line would have given in the end."""
        from zenpro_nb import frames
        from zenpro_nb.query import note as note_frame

        url = _server_url(record)
        if number == self._followed and "id" in record:
            frame = frames.from_records(WORKSPACES, [record])
            note_frame(self.form.session, frame, route=f"/workspaces/{record['id']}")
            self.form.replace_result(frame)
        self._say(number, Note(f"{name} is {record.get('status')}" + (f": {url}" if url else "."), Tone.GOOD))

    def _say(self, number: int, note: Note) -> None:
        with self.form.lock:
            if number == self._followed:
                self.form.follow = note
        self.form.tell()


class _FormClock:
    """The system's clock, but a form that is closed sleeps no longer."""

    def __init__(self, background: Background) -> None:
        self._background = background

    def now(self) -> float:
        return SYSTEM.now()

    def monotonic(self) -> float:
        return SYSTEM.monotonic()

    def random(self) -> float:
        return SYSTEM.random()

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        if self._background.pause(seconds):
            raise ZenProError("the form was closed")


def _server_url(record: Record) -> str:
    found: Any = record
    for step in ("zenml_service", "status", "server_url"):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""
