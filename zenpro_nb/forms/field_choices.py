"""The choices of the fields of a form, and how one field narrows another."""

from __future__ import annotations

from msgspec.structs import replace

from zenpro_nb.errors import ZenProError
from zenpro_nb.forms import choices
from zenpro_nb.forms.choices import Choice, ChoiceSource, Offer, Record
from zenpro_nb.forms.fields import Field
from zenpro_nb.forms.messages import Message, Tone, in_words
from zenpro_nb.forms.state import OpenForm
from zenpro_nb.resources.nouns import singular, without_prefix, words
from zenpro_nb.syntax.ids import is_id

_ORGANIZATIONS = ChoiceSource("organizations")


class FieldChoices:
    """The names that one form offers. They are read once, in the background, when they are first needed."""

    def __init__(self, form: OpenForm) -> None:
        self._form = form
        self._choices: dict[ChoiceSource, list[Choice]] = {}
        self._pseudonymous: dict[ChoiceSource, dict[str, Choice]] = {}  # choices with pseudonyms, by value
        self._arriving: dict[ChoiceSource, list[Choice]] = {}  # from lists that are still being read
        self._stale: set[ChoiceSource] = set()
        self._reading: set[ChoiceSource] = set()
        self._failed: set[ChoiceSource] = set()
        self._messages: dict[ChoiceSource, Message] = {}
        self._organization_id = ""

    def open(self) -> None:
        """Find the organization of the form. Runs in the background.

        Raises:
            ZenProError: the organizations cannot be read.
        """
        form = self._form
        if form.session.settings.plain:
            return  # a server without a control plane has no organizations
        organizations = self._read(_ORGANIZATIONS)
        with form.lock:
            name = form.values.get("org", form.session.settings.organization) or ""
            organization = choices.find(organizations, str(name)) or (
                organizations[0] if len(organizations) == 1 else None
            )
            if organization is not None:
                self._organization_id = organization.id
                if "org" in form.values:
                    form.values["org"] = organization.value  # by name, because people read the command

    @property
    def organization_id(self) -> str:
        """Return the id of the organization of the form; empty while it is unknown."""
        if "org" not in self._form.values:
            return self._organization_id
        found = choices.find(self._choices.get(_ORGANIZATIONS, []), str(self._form.values["org"]))
        return found.id if found else ""

    # --- offer --------------------------------------------------------------------------------------------------

    def offer(self, field: Field, text: str, *, partly: bool = False) -> Offer | None:
        """Return the names that match the typed text; None while they are being read. Listeners hear of their arrival.

        With `partly`, return the names that have arrived so far. They are for display: the best match may be missing.
        """
        source = self._form.source(field)
        if not self._is_fresh(source) and source not in self._failed:
            self._want(source)
        whole = self._choices.get(source)
        candidates = self._arriving.get(source) if whole is None and partly else whole
        if candidates is None:
            return None
        value = self._form.values[field.name]
        without = value if isinstance(value, list) else ()
        if not self._form.presentation.badge:
            return replace(choices.offer(candidates, text, without=without), complete=whole is not None)
        # Pseudonyms are created only for the few choices that are shown.
        pseudonymous = self._pseudonymous.setdefault(source, {})
        matches = choices.offer(
            [pseudonymous.get(choice.value, choice) for choice in candidates], text, without=without
        )
        new = {choice.value: choices.present(choice, self._form.presentation) for choice in matches.choices}
        pseudonymous.update(new)
        return replace(matches, choices=list(new.values()), complete=whole is not None)

    def ask_again(self, field: Field) -> None:
        """Allow another attempt to read names after a failure, because the user continues typing."""
        with self._form.lock:
            self._failed.discard(self._form.source(field))

    def message(self, field: Field) -> Message | None:
        """Return the message about reading the names."""
        return self._messages.get(self._form.source(field))

    # --- choose ---------------------------------------------------------------------------------------------------

    def all_chosen(self, name: str) -> list[Choice]:
        """Return the chosen names of this field that are in the list read so far."""
        value = self._form.values.get(name)
        texts = value if isinstance(value, list) else [value]
        all_choices = self._choices.get(self._form.source(self._form.field(name)), []) if value else []
        matches = [choices.find(all_choices, text) for text in texts if isinstance(text, str)]
        return [choice for choice in matches if choice is not None]

    def selected_choice(self, name: str) -> Choice | None:
        """Return the choice of a field for one name, if it is in the list read so far."""
        return next(iter(self.all_chosen(name)), None)

    def problems(self) -> dict[str, str]:
        """Return the fields with a name that is not in the list read so far. Sends no request."""
        problems = {}
        for field in self._form.applicable_fields:
            all_choices = self._choices.get(self._form.source(field)) if field.must_exist else None
            if all_choices is None:
                continue
            value = self._form.values[field.name]
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and text and (problem := _problem(field, all_choices, text)):
                    problems[field.name] = problem
        return problems

    def title(self, field: Field, value: str) -> str:
        """Return how a value is displayed: the id of an object whose name is not unique, by the name."""
        choice = choices.find(self._choices.get(self._form.source(field), []), value)
        return choice.title if choice is not None and choice.value == value else value

    def value_of(self, field: Field, text: str) -> str:
        """Return the value of a choice that is displayed as this text, or otherwise the text without its prefix."""
        offered = self._pseudonymous.get(self._form.source(field), {}) if self._form.presentation.badge else None
        candidates = list(offered.values()) if offered else self._choices.get(self._form.source(field), [])
        choice = choices.displayed(candidates, text)
        return choice.value if choice is not None else without_prefix(field.noun, text)

    def untaken(self, name: str, text: str) -> str:
        """Return the problem with text that was typed into a field for several names but not added."""
        field = self._form.field(name)
        all_choices = self._choices.get(self._form.source(field))
        if (
            all_choices is not None
            and not choices.offer(all_choices, text).found
            and "@" not in text
            and (problem := _problem(field, all_choices, text))
        ):
            return problem
        return f"{text!r} has not been added yet: press Enter."

    # --- read -----------------------------------------------------------------------------------------------------

    def cached(self, noun: str) -> list[Choice] | None:
        """Return the names for this noun if they have been read."""
        return self._choices.get(choices.source_of(noun, self.organization_id))

    def read(self, noun: str) -> list[Choice]:
        """Return the names for this noun, and read them if necessary; none while the organization is unknown.

        Raises:
            ZenProError: they cannot be read.
        """
        source = choices.source_of(noun, self.organization_id)
        return self._read(source) if source.complete else []

    def refresh(self) -> None:
        """Mark the names as outdated after a write. They are read again when they are next needed."""
        with self._form.lock:
            self._stale = set(self._choices)

    def _is_fresh(self, source: ChoiceSource) -> bool:
        return source in self._choices and source not in self._stale

    def _read(self, source: ChoiceSource) -> list[Choice]:
        if not self._is_fresh(source):
            entries = choices.read(self._form.session, source, lambda records: self._take_in(source, records))
            with self._form.lock:
                self._choices[source] = entries
                self._stale.discard(source)
                self._arriving.pop(source, None)
        return self._choices[source]

    def _take_in(self, source: ChoiceSource, records: list[Record]) -> None:
        """Offer the names that have arrived if there are new ones and no complete older list is in use."""
        arriving = choices.choices_of(source.noun, records)
        with self._form.lock:
            if source in self._choices or source not in self._reading:
                return
            if len(arriving) <= len(self._arriving.get(source, ())):
                return  # the new records are not choices: deleted objects, or service accounts among users
            self._arriving[source] = arriving
            noun = words(source.noun)
            self._messages[source] = Message(f"Reading the names of the {noun} … {len(arriving):,} so far", Tone.BUSY)
        self._form.tell()

    def _want(self, source: ChoiceSource) -> None:
        """Start to read these names in the background unless they are already being read."""
        with self._form.lock:
            if source in self._reading:
                return
            if not source.complete:
                self._messages[source] = Message("Choose the organization first.")
                return
            self._reading.add(source)
            noun = words(source.noun)
            self._messages[source] = Message(f"Reading the names of the {noun} …", Tone.BUSY)
        self._form.background.soon(lambda: self._read_wanted(source))

    def _read_wanted(self, source: ChoiceSource) -> None:
        message = Message("")
        try:
            self._read(source)
        except ZenProError as error:
            message = Message(f"Cannot read the names: {in_words(error)}", Tone.BAD)
        with self._form.lock:
            if message.text:
                self._arriving.pop(source, None)
                self._failed.add(source)  # otherwise each redraw would send the refused request again
            self._reading.discard(source)
            self._messages[source] = message
        self._form.tell()


def _problem(field: Field, all_choices: list[Choice], text: str) -> str:
    """Return the problem with a name of an existing object; empty if it has none."""
    if is_id(text) or choices.find(all_choices, text) is not None or (field.emails and "@" in text):
        return ""
    if alike := len(choices.with_name(all_choices, text)):
        return f"{alike} {words(field.noun)} are called {text!r}."
    return f"The {singular(field.noun)} {text!r} does not exist, or you cannot see it."
