"""The names that a field offers: read from the server once, filtered here, and only a few shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.forms.presentation import Presentation
from zenpro_nb.resources import RESOURCES
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.ids import short_id
from zenpro_nb.ui.cells import shorten

Record = Mapping[str, Any]
SoFar = Callable[[list[Record]], None]


class Choice(Struct, frozen=True, dict=True):
    """One object that can be chosen."""

    label: str  # displayed in a list: "Ada Lovelace · ada@example.com"
    value: str  # used in the command: "ada@example.com"; the id if the name is not unique
    title: str  # displayed in place of the value: the name, and details if it is not unique
    id: str
    record: Record
    names: frozenset[str] = frozenset()  # all its names, casefolded
    display_label: str = ""  # the label with pseudonyms
    pseudonym: str = ""  # the title with pseudonyms

    @property
    def shown_title(self) -> str:
        """Return the title, with pseudonyms if they are on."""
        return self.pseudonym or self.title

    @property
    def shown_label(self) -> str:
        """Return the label, with pseudonyms if they are on."""
        return self.display_label or self.label

    @cached_property
    def _folded_words(self) -> str:
        return f"{self.label} {self.value} {self.display_label}".casefold()

    def rank(self, words: Sequence[str]) -> int | None:
        """Return how well the choice matches the typed words: smaller is better, None if it does not match."""
        if not all(word in self._folded_words for word in words):
            return None
        text = " ".join(words)
        value = self.value.casefold()
        return 0 if value == text else 1 if value.startswith(text) or self._folded_words.startswith(text) else 2


class Offer(Struct, frozen=True):
    """The choices shown for the typed text."""

    choices: Sequence[Choice]
    found: int  # the number of matches, shown or not
    total: int
    complete: bool = True  # the whole list has been read


class ChoiceSource(Struct, frozen=True):
    """The list that names come from: its noun, and the objects that contain it."""

    noun: str
    ids: tuple[tuple[str, str], ...] = ()  # values for the route, or filters of the list

    @property
    def complete(self) -> bool:
        """Return whether all ids are known."""
        return all(value for _, value in self.ids)


def source_of(noun: str, organization_id: str, **more: str) -> ChoiceSource:
    """Return the list that provides the names for a noun."""
    ids = {"organization_id": organization_id, **more}
    # The workspaces of an organization are a filter of one list of all.
    names = [name for name in ids if f"{{{name}}}" in RESOURCES[noun].path or noun == "workspaces"]
    return ChoiceSource(noun, tuple((name, ids[name]) for name in names))


def read(session: Session, source: ChoiceSource, so_far: SoFar = lambda records: None) -> list[Choice]:
    """Read the choices from the server.

    Args:
        so_far: called in this thread with the records that have arrived, after the first page and each time their
            number doubles, so people can use a long list before it is complete.

    Raises:
        ZenProError: they cannot be read.
    """
    ids, resource = dict(source.ids), RESOURCES[source.noun]
    narrowing = ids if source.noun == "workspaces" else {}
    arrived: dict[str, Record] = {}  # by id: pages share rows

    def page(value: Any) -> None:
        arrived.update((str(record.get("id")), record) for record in value.records or ())

    reported = 0

    def progress(rows: int) -> None:
        nonlocal reported
        records = list(arrived.values())  # later pages are among them, so there can be more than `rows`
        if len(records) >= 2 * reported:
            reported = len(records)
            so_far(records)

    listing = query.Query(resource, ids, narrowing, raw=True, checked=True)
    records = query.records_in(query.read_listing(session.client, listing, progress, urgent=True, on_page=page))
    query.remember_records(session, resource, records)
    return choices_of(source.noun, records)


def choices_of(noun: str, records: Sequence[Record]) -> list[Choice]:
    """Return the choices without deleted objects. If two have the same name, their ids distinguish them."""
    living = [record for record in records if record.get("status") != "deleted" and not _is_other_kind(noun, record)]
    names = [query.names_of(RESOURCES[noun], record) for record in living]
    often = Counter(called[0] for called in names if called)
    choices = []
    for record, called in zip(living, names, strict=True):
        if not called:
            continue
        name = called[0]
        key = str(record.get("id", name))
        more = _more(noun, record, name)
        folded_names = frozenset(name.casefold() for name in [*called, key])
        if often[name] == 1:
            label = " · ".join([*more, name] if noun == "users" else [name, *more])
            choices.append(Choice(label, name, name, key, record, folded_names))
        else:
            # A narrow list cuts the end of a label, so the description comes last.
            label = " · ".join([name, *more, short_id(key), *_since(record)])
            choices.append(Choice(label, key, label, key, record, folded_names))
    return choices


def displayed(choices: Sequence[Choice], text: str) -> Choice | None:
    """Return the choice that is displayed as this text, or whose displayed id it is; None if there is not just one."""
    key = f" · {text.removesuffix('…')}… "
    found = [
        choice
        for choice in choices
        if choice.title != choice.value and (text == choice.shown_title or key in f"{choice.shown_title} ")
    ]
    return found[0] if len(found) == 1 else None


def present(choice: Choice, presentation: Presentation) -> Choice:
    """Return the choice with pseudonyms for display."""
    address, name = choice.record.get("email"), choice.record.get("name")
    if isinstance(address, str) and isinstance(name, str):
        presentation.learn(address, name)
    return replace(choice, display_label=presentation.text(choice.label), pseudonym=presentation.text(choice.title))


def offer(choices: Sequence[Choice], text: str, *, without: Sequence[str] = ()) -> Offer:
    """Return the best matches for the typed text, limited to the number that a browser can handle."""
    words = text.casefold().split()
    fitting = [
        (rank, choice) for choice in choices if (rank := choice.rank(words)) is not None and choice.value not in without
    ]
    fitting.sort(key=lambda ranked: ranked[0])
    return Offer([choice for _, choice in fitting[: limits.FORM_OPTIONS]], len(fitting), len(choices))


def find(choices: Sequence[Choice], text: str) -> Choice | None:
    """Return the choice with this name or id; None if there is none or more than one."""
    exact = [choice for choice in choices if text in (choice.value, choice.id)]
    similar = exact or with_name(choices, text)
    return similar[0] if len(similar) == 1 else None


def with_name(choices: Sequence[Choice], text: str) -> list[Choice]:
    """Return the choices with this name, ignoring case. A workspace is also found by its display name."""
    folded_name = text.casefold()
    return [choice for choice in choices if folded_name in choice.names]


def _since(record: Record) -> list[str]:
    """Return the date on which the object was created, or otherwise its description."""
    created, description = record.get("created"), record.get("description")
    if isinstance(created, str) and created:
        return [f"created {created[:10]}"]
    return (
        [shorten(description.rstrip("."), limits.FORM_DETAIL)] if isinstance(description, str) and description else []
    )


def _is_other_kind(noun: str, record: Record) -> bool:
    return noun == "users" and bool(record.get("is_service_account"))


def _more(noun: str, record: Record, value: str) -> list[str]:
    """Return details that help people recognize the object."""
    inactive = None if record.get("is_active", True) else "inactive"
    members = record.get("member_count")
    details: list[object] = {
        "users": [record.get("name"), inactive],
        "workspaces": [record.get("display_name"), record.get("status")],
        "roles": [record.get("level"), None if record.get("system_managed", True) else "custom"],
        "teams": [counted(members, "member") if isinstance(members, int) else None],
        "service-accounts": [record.get("description"), inactive],
    }.get(noun, [])
    return [text for text in details if isinstance(text, str) and text and text != value]
