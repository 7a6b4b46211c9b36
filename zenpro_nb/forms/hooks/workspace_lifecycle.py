"""Forms of commands that take minutes. The form follows the progress while other cells run."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from typing import Any

from zenpro_nb import frames, limits, query
from zenpro_nb.client import SystemClock
from zenpro_nb.errors import ZenProError
from zenpro_nb.forms.background import Background
from zenpro_nb.forms.field_choices import FieldChoices
from zenpro_nb.forms.fields import Raw
from zenpro_nb.forms.hooks.base import Hooks
from zenpro_nb.forms.messages import Message, Tone, success
from zenpro_nb.forms.state import OpenForm
from zenpro_nb.framework.writes import waiting
from zenpro_nb.framework.writes.announcing import without_progress
from zenpro_nb.resources.control_plane import WORKSPACES
from zenpro_nb.syntax.sentences import capitalized

Record = Mapping[str, Any]

_GOALS = {"deactivate": waiting.DEACTIVATED, "delete": waiting.DELETED}


class WorkspaceLifecycleHooks(Hooks):
    """Follow a workspace until it reaches the state that the command requests."""

    def __init__(self, form: OpenForm, choices: FieldChoices) -> None:
        super().__init__(form, choices)
        self._watched_id = 0  # counts the operations; messages are about the latest
        self._goal = _GOALS.get(form.words[-1], waiting.AVAILABLE)

    def hidden(self) -> Collection[str]:
        """Hide the options for waiting: the form always waits, and other cells can run in the meantime."""
        return ("wait", "timeout")

    def follows(self) -> bool:
        """Return whether the operation takes time. An update does only with a new version."""
        return "version" not in self.form.values or bool(self.form.values["version"])

    def on_sent(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Turn off waiting in the command, because the form waits."""
        return {**arguments, "wait": False}

    def in_line(self) -> Mapping[str, Raw]:
        """Add `--wait`, so the command in a cell ends when the form would."""
        return {"wait": True} if self.follows() else {}

    def after_success(self, frame: Any) -> None:
        """Follow the workspace. Runs in the background."""
        if not self.follows() or frame is None or not len(frame):
            return
        first = frame.iloc[0]
        key, name = (str(first[column]) if column in frame else "" for column in ("id", "name"))
        if not key:
            return
        with self.form.lock:
            self._watched_id += 1
            number, version = self._watched_id, str(self.form.values.get("version") or "") or None
            # One line, which replaces itself: it contains the success line, whose state would soon be wrong.
            done = without_progress(success(self.form.ui.words, self.form.values.get("out")).text)
            created = without_progress(success(self.form.ui.words, None).text)
            if self.form.status.tone is Tone.GOOD:
                self.form.status = Message("")
        happened = capitalized(created.removeprefix("Done: "))
        goal = f"runs {version}" if version else f"is {self._goal}"
        try:
            end = waiting.workspace(
                self.form.runtime,
                key,
                name,
                self._goal,
                self._patience(),
                version=version,
                poll=lambda status, seconds: self._say(
                    number, Message(f"{happened} Waiting until it {goal}: {status}, {seconds:.0f} s", Tone.BUSY)
                ),
                clock=_FormClock(self.form.background),
            )
        except ZenProError as error:
            self._say(number, Message(f"{happened} {error}", Tone.BAD))
        else:
            self._finish(number, key, end, done)

    def _patience(self) -> float:
        """Return for how many seconds to follow: the timeout from the command that opened the form, or half an hour."""
        timeout = next((field for field in self.form.applicable_fields if field.name == "timeout"), None)
        return float(str(self.form.values["timeout"])) if timeout else limits.FORM_FOLLOW_LIMIT

    def _finish(self, number: int, key: str, record: Record, done: str) -> None:
        """Replace the result with the final result of the equivalent command.

        Args:
            done: the success line of the command.
        """
        frame = frames.from_records(WORKSPACES, [record])
        query.note(self.form.session, frame, route=f"/workspaces/{key}")
        with self.form.lock:
            if number != self._watched_id:
                return
            self.form.result, variable = frame, self.form.values.get("out")
        if variable:
            self.form.ui.assign(str(variable), frame)
        address = "".join(f": {url}" for url in frame["server_url"].dropna())
        self._say(number, Message(f"{done} {record.get('name')} is {record.get('status')}{address or '.'}", Tone.GOOD))

    def _say(self, number: int, message: Message) -> None:
        with self.form.lock:
            if number == self._watched_id:
                self.form.follow = message
        self.form.tell()


class _FormClock(SystemClock):
    """The system clock, except that closing the form interrupts the sleep."""

    def __init__(self, background: Background) -> None:
        self._background = background

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        if self._background.pause(seconds):
            raise ZenProError("the form was closed")
