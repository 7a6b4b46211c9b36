"""What the pickers of a form offer, and how one narrows another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb.commands.core.options import NameType
from zenpro_nb.errors import ZenProError
from zenpro_nb.forms import choices
from zenpro_nb.forms.choices import Choice, Choices, ChoiceSource, Offer
from zenpro_nb.forms.fields import Field
from zenpro_nb.forms.messages import Note, Tone, in_words
from zenpro_nb.resources.nouns import singular
from zenpro_nb.syntax.ids import is_id

if TYPE_CHECKING:
    from zenpro_nb.forms.form import Form


_ORGANIZATIONS = ChoiceSource("organizations")


class Picking:
    """The names that a form can be filled in with. Read in the background, when somebody wants them."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._choices = Choices(form.session)
        self._reading: set[ChoiceSource] = set()
        self._notes: dict[ChoiceSource, Note] = {}
        self._default_id = ""

    def offer(self, field: Field, typed: str) -> Offer | None:
        """The names for what was typed; None while they are read, and then the form tells when they are there."""
        source = self.source(field)
        if not self._choices.is_fresh(source):
            self.want(field)
        known = self._choices.known(source)
        if known is None:
            return None
        value = self._form.values[field.name]
        taken = value if isinstance(value, list) else ()
        return choices.offer(known, typed, without=taken)

    def source(self, field: Field) -> ChoiceSource:
        """Where the names of this field come from, with what is filled in."""
        return self._form.care.source(field) or choices.source_of(field.noun, self.organization_id())

    def want(self, field: Field) -> None:
        """Read the names of this field, unless that is being done."""
        source = self.source(field)
        with self._form.lock:
            if source in self._reading:
                return
            if not source.complete:
                self._notes[source] = Note("Choose the organization first.")
                return
            self._reading.add(source)
            self._notes[source] = Note(choices.waiting_text(source.noun), Tone.BUSY)
        self._form.background.soon(lambda: self._read(source))

    def note(self, field: Field) -> Note | None:
        """What there is to say about the reading."""
        return self._notes.get(self.source(field))

    def choice(self, name: str) -> Choice | None:
        """What the field holds, if its names have been read and it is one of them."""
        value = self._form.values.get(name)
        if not isinstance(value, str) or not value:
            return None
        known = self._choices.known(self.source(self._form.field(name)))
        return choices.find(known, value) if known else None

    def choices(self, name: str) -> list[Choice]:
        """What the field holds of that which has been read."""
        value = self._form.values.get(name)
        known = self._choices.known(self.source(self._form.field(name))) or []
        found = [choices.find(known, text) for text in (value if isinstance(value, list) else [])]
        return [choice for choice in found if choice is not None]

    def organization_id(self) -> str:
        """The id of the organization that the form is about; empty while it is not known."""
        if "org" not in self._form.values:
            return self._default_id
        known = self._choices.known(_ORGANIZATIONS) or []
        found = choices.find(known, str(self._form.values["org"]))
        return found.id if found else ""

    def open(self) -> None:
        """Find out which organization the form is about. In the background."""
        if self._form.session.settings.plain:
            return  # a server without a control plane, and so without organizations
        try:
            known = self._choices.load(_ORGANIZATIONS)
        except ZenProError as error:
            self._form.say(error)
            return
        with self._form.lock:
            name = self._form.values.get("org", self._form.session.settings.organization) or ""
            found = choices.find(known, str(name)) or (known[0] if len(known) == 1 else None)
            if found is not None:
                self._default_id = found.id
                if "org" in self._form.values:
                    # By name, since the line is for people.
                    self._form.values["org"] = found.value
        self._form.touch()

    def known(self, noun: str) -> list[Choice] | None:
        """The names of this noun, if they have been read."""
        return self._choices.known(choices.source_of(noun, self.organization_id()))

    def read(self, noun: str) -> list[Choice]:
        """The names of this noun, read now.

        Raises:
            ZenProError: they cannot be read.
        """
        return self._choices.load(choices.source_of(noun, self.organization_id()))

    def refresh(self) -> None:
        """Something has been written: read again what is wanted again."""
        self._choices.age()

    def problems(self) -> dict[str, str]:
        """Fields that hold no name of what has been read; nothing is asked for this."""
        found = {}
        for field in self._form.shown:
            # A version may be typed that no release has: only what the command itself looks up must be there.
            known = self._choices.known(self.source(field)) if isinstance(field.param.type, NameType) else None
            if known is None:
                continue
            held = self._form.values[field.name]
            for text in held if isinstance(held, list) else [held]:
                if isinstance(text, str) and text and not is_id(text) and not choices.bearing(known, text):
                    found[field.name] = f"There is no {singular(field.noun)} {text!r} that you can see."
        return found

    def _read(self, source: ChoiceSource) -> None:
        note: Note | None = None
        try:
            self._choices.load(source)
        except ZenProError as error:
            note = Note(f"the names cannot be read: {in_words(error)}", Tone.BAD)
        with self._form.lock:
            self._reading.discard(source)
            self._notes.pop(source, None)
            if note is not None:
                self._notes[source] = note
        self._form.tell()
