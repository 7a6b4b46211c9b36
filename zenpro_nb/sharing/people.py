"""The people named in a notebook: email addresses, and the names next to them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from zenpro_nb.sharing import markup
from zenpro_nb.sharing.notebook_file import NotebookText

_URL_USER = 200  # characters before an address that are examined for the beginning of a URL
PSEUDONYMS = "pseudonym.example"  # the domain of generated addresses, which belong to nobody
# RFC 2606 and 6761: no real address uses these domains, so in a source they are examples.
_RESERVED = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid|localhost)$", re.IGNORECASE)
_MACHINES = frozenset({"git", "hg", "svn"})  # git@github.com:… is not a person
_ADDRESS = re.compile(r"(?<![\w.+@-])[^\W_][\w.+'’-]{0,63}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-]|\.\w|:[^\s/])")
_IN_URL = re.compile(r"://[^\s/@]*\Z")  # a username and password before the host of a URL
_PREFIX = re.compile(r"^[bBrRuU]['’]")  # the prefix of a Python string
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_NAME_FIELDS = ("name", "full_name", "username", "display_name", "user_name", "given_name", "family_name")
_WORD = r"[^\W\d_a-z][\w'’.-]*"
_NAME = rf"{_WORD}(?: (?:{_WORD}|de|da|di|del|van|von|der|den|la|le|bin|al)){{1,4}}"
_BETWEEN = r"[\s·–—|,;:=/<>()\[\]{}\"'`*-]{1,12}(?:mailto:)?"
_BEFORE_ADDRESS = re.compile(rf"((?:{_WORD}, )?{_NAME}|{_WORD}, {_WORD}|{_WORD}){_BETWEEN}\Z")
_AFTER_ADDRESS = re.compile(rf"{_BETWEEN}({_NAME}|{_WORD}, {_WORD})")
_WHOLE_NAME = re.compile(_NAME)
_LINE = 400  # characters before and after an address that are searched for a name
# Capitalized words next to an address that are not part of a person's name.
_NOT_NAMES = frozenset(
    [
        "done",
        "remove",
        "revoke",
        "revoked",
        "delete",
        "deactivate",
        "deactivated",
        "activate",
        "create",
        "invite",
        "withdraw",
        "withdrawn",
        "assign",
        "add",
        "offboard",
        "blocked",
        "skipped",
        "contact",
        "from",
        "to",
        "cc",
        "bcc",
        "by",
        "owner",
        "author",
        "dear",
        "hello",
        "hi",
        "hey",
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "assigned",
        "user",
        "users",
        "email",
        "mail",
        "address",
        "name",
        "names",
        "sent",
        "reply",
        "subject",
        "date",
        "created",
        "updated",
        "deleted",
        "invited",
        "added",
        "removed",
        "member",
        "members",
        "admin",
        "admins",
        "organization",
        "workspace",
        "project",
        "team",
        "teams",
        "role",
        "roles",
        "viewer",
        "editor",
        "developer",
        "manager",
        "service",
        "account",
        "accounts",
        "bot",
        "the",
        "a",
        "an",
        "and",
        "or",
        "of",
        "for",
        "with",
        "at",
        "is",
        "was",
        "error",
        "warning",
        "info",
        "debug",
        "failed",
        "login",
        "token",
        "true",
        "false",
        "none",
        "null",
        "nan",
        "yes",
        "no",
        "active",
        "inactive",
        "pending",
        "status",
        "group",
        "groups",
        "principal",
        "person",
        "people",
        "file",
        "line",
        "run",
        "runs",
        "started",
        "finished",
        "maintainer",
        "reviewer",
        "approver",
        "on",
        "in",
        "see",
        "ask",
        "write",
    ]
)
_OBJECT = re.compile(r"\{[^{}]{1,20000}\}")
_FIELD = re.compile(r"""['"](\w+)['"]\s*:\s*(?:'([^'\n]*)'|"([^"\n]*)")""")
# Words that mean no one or everyone.
_PLACEHOLDER_NAMES = "nan none null true false admin root user users default test system service name email owner"


class NamedPerson(Struct):
    """A person: an address and other names.

    Attributes:
        address: as first written.
        names: full names, and account names that are not addresses.
    """

    address: str
    names: set[str] = field(default_factory=set)


def addresses(text: str) -> list[str]:
    """Return the email addresses in a text that may belong to a person.

    >>> addresses("Ada <ada@corp.com>, git@github.com:zenml-io/zenml, https://u:pw@host.com, x@pseudonym.example")
    ['ada@corp.com']
    """
    if "@" not in text:
        return []
    plain = _COLOR.sub("", text)
    return [
        _PREFIX.sub("", match.group())
        for match in _ADDRESS.finditer(plain)
        if not _belongs_to_nobody(match.group())
        and not _IN_URL.search(plain, max(match.start() - _URL_USER, 0), match.start())
    ]


def is_reserved(address: str) -> bool:
    """Return whether the domain of an address is reserved for examples."""
    return bool(_RESERVED.search(address.rpartition("@")[2]))


def _belongs_to_nobody(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    return local.lower() in _MACHINES or domain.lower() == PSEUDONYMS


def people_in(texts: Iterable[NotebookText], records: Iterable[Mapping[str, object]]) -> list[NamedPerson]:
    """Return everyone who is named, by address, in order of appearance.

    Args:
        texts: every text of a notebook.
        records: every object in its outputs, widgets and metadata.
    """
    all_texts = [inner for text in texts for inner in text.inner]
    found: dict[str, NamedPerson] = {}
    for text in all_texts:
        for shown in dict.fromkeys((text.words, text.text)):
            for address in addresses(shown):
                found.setdefault(address.casefold(), NamedPerson(address))
    if not found:
        return []
    for text in all_texts:
        for address, name in _names_beside(text):
            _add_name(found, address, name)
    for record in records:
        for address, name in paired_fields({str(key): str(value) for key, value in record.items()}):
            _add_name(found, address, name)
    for person in found.values():
        if name := _name_in_address(person.address):
            person.names.add(name)
    return list(found.values())


def _add_name(found: dict[str, NamedPerson], address: str, name: str) -> None:
    clean = " ".join(name.split())
    person = found.get(address.casefold())
    if person is None or "@" in clean or not _is_name(clean):
        return
    person.names.add(clean)


def _is_name(text: str) -> bool:
    letters = sum(char.isalpha() for char in text)
    return (
        letters >= 3
        and len(text) <= 80
        and text.casefold() not in _PLACEHOLDER_NAMES.split()
        and not text.endswith(("…", "..."))
    )


def _names_beside(text: NotebookText) -> Iterator[tuple[str, str]]:
    """Yield addresses, and the names next to them."""
    if "@" not in text.text:
        return
    if text.markup:
        for table in markup.tables(text.text):
            yield from _in_table(table)
    else:
        for table in markup.text_tables(text.text):
            yield from _in_table(table)
    shown = text.words
    for spelling in dict.fromkeys((shown, text.text)):
        lines = [line for line in spelling.splitlines() if line and not line.isspace()]
        for line in lines:
            yield from _in_line(line)
        for above, below in itertools.pairwise(lines):
            yield from _in_lines(above.strip(), below.strip())
    for match in _OBJECT.finditer(shown):
        fields = {key: single or double for key, single, double in _FIELD.findall(match.group())}
        yield from paired_fields(fields)


def _in_table(rows: list[markup.Row]) -> Iterator[tuple[str, str]]:
    if not rows:
        return
    yield from paired_fields(
        {row[0].replace(" ", "_"): row[1] for row in rows if len(row) == 2}
    )  # a card: a label, a value
    head = rows[0]
    for row in rows[1:]:
        yield from paired_fields(dict(markup.aligned(head, row)))


def paired_fields(fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the address in a field, and the names in sibling fields: `user_email` belongs to `user_name`."""
    for key, value in fields.items():
        start, _, last = key.rpartition("email")
        if last or "@" not in value or (start and start[-1] not in "_."):
            continue
        for text in _NAME_FIELDS:
            if name := fields.get(f"{start}{text}"):
                yield value, name
        # `user` next to `user_email`
        if start and (name := fields.get(start[:-1])):
            yield value, name


def _in_line(line: str) -> Iterator[tuple[str, str]]:
    line_addresses = addresses(line)
    if len(line_addresses) != 1:
        return
    address = line_addresses[0]
    at = line.find(address)
    before, after = line[max(at - _LINE, 0) : at], line[at + len(address) :][:_LINE]
    for match in (_BEFORE_ADDRESS.search(before), _AFTER_ADDRESS.match(after)):
        if match is not None and (name := _clean_name(match.group(1))):
            yield address, name


def _in_lines(above: str, below: str) -> Iterator[tuple[str, str]]:
    """Yield an address and a name on two adjacent lines without other text: cells, labels, paragraphs."""
    for address, name in ((above, below), (below, above)):
        if " " in address or addresses(address) != [address] or not _WHOLE_NAME.fullmatch(name):
            continue
        if found := _clean_name(name):
            yield address, found


def _clean_name(found: str) -> str:
    """Return the capitalized words of a name; "" if none is left.

    >>> _clean_name("Contact Grace Hopper"), _clean_name("Hopper, Grace"), _clean_name("Workspace Admin")
    ('Grace Hopper', 'Grace Hopper', '')
    """
    last, comma, first = found.partition(", ")
    words = (f"{first} {last}" if comma else found).split()
    while words and words[0].casefold().strip(".") in _NOT_NAMES:
        words.pop(0)
    return "" if any(word.casefold() in _NOT_NAMES for word in words) else " ".join(words)


def _name_in_address(address: str) -> str:
    """Return the name that an address contains: `ada.lovelace@…`; "" if it contains none.

    >>> [_name_in_address(f"{local}@corp.com") for local in ("ada.lovelace", "ada", "team-42")]
    ['Ada Lovelace', '', '']
    """
    parts = re.split(r"[._-]", address.rpartition("@")[0].partition("+")[0])
    plain = len(parts) in (2, 3) and all(part.isalpha() and len(part) > 1 for part in parts)
    return " ".join(part.capitalize() for part in parts) if plain else ""
