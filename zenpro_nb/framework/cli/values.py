"""Look up what the values of a refused line name, for the line with each value in its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import click
from msgspec import Struct, field

from zenpro_nb import query
from zenpro_nb.errors import AmbiguousNameError, UnknownNameError, ZenProError
from zenpro_nb.framework.cli import invited
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.limits import NAMES_IN_MESSAGE
from zenpro_nb.resources import RESOURCES
from zenpro_nb.resources.nouns import PREFIXES
from zenpro_nb.syntax.unparse import quoted

PERSON = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LOOKED_UP = ("teams", "workspaces", "service-accounts", "roles")
_SHORT_ROLES = ("admin", "developer", "contributor", "viewer", "member")
ORG = "--org"
_RIGHT = re.compile(r"[a-z_]+:[a-z_]+")
# By the name of a type, the nouns of its values, and their prefixes in a line.
_NOUNS = {
    "email": {"users": ""},
    "principal": {"users": "", "service-accounts": "bot:", "teams": "team:"},
    "action:type": {"rights": ""},
}


class ParamSlot(Struct, frozen=True, eq=False):
    """A parameter that names existing objects: their nouns, with the prefix of each in a line."""

    param: click.Parameter
    nouns: Mapping[str, str]

    @property
    def has_one(self) -> bool:
        """Return whether it takes a single value."""
        param = self.param
        return param.nargs == 1 and not (isinstance(param, click.Option) and param.multiple)

    @property
    def option(self) -> str:
        """Return the name of the option; "" for an argument."""
        if not isinstance(self.param, click.Option):
            return ""
        return next((name for name in self.param.opts if name.startswith("--")), self.param.opts[0])


class Line(Struct):
    """The words of a line after its command: the values to place, and all other words."""

    values: list[str] = field(default_factory=list)  # in the spelling of a line
    others: list[str] = field(default_factory=list)
    org: str | None = None
    is_foreign: bool = False  # it has an option that the command does not have


def nouns_of(param: click.Parameter) -> Mapping[str, str]:
    """Return the nouns of the existing objects that a parameter names, with their prefixes; empty if it names none."""
    noun = "" if param.type.name == "name" else str(getattr(param.type, "noun", "") or "")
    ids_by_noun = {noun: ""} if noun and noun != "organizations" else {}
    return _NOUNS.get(param.type.name, ids_by_noun)


def kinds_of(ctx: CommandContext, line: Line, slots: Sequence[ParamSlot]) -> list[dict[str, str]]:
    """Return what each value of a line can be, in the organization where each is something; its option is added."""
    if ctx.session.settings.credential is None:
        return [{}]  # nobody is asked for a credential because of a hint
    nouns = {noun for slot in slots for noun in slot.nouns}
    kinds: list[dict[str, str]] = [{}]
    try:
        for org in _organizations(ctx, line.org):
            look_up = _Kinds(ctx, org, nouns)
            kinds = [look_up(value) for value in line.values]
            _place_unknown(line, kinds, slots)
            if all(kinds):
                line.others.extend([ORG, quoted(org)] if org and not line.org else [])
                break
    except ZenProError:
        return [{}]  # without a server, names are unknown
    return kinds


def _organizations(ctx: CommandContext, org: str | None) -> list[str | None]:
    """Return the named organization, None for the one in use, or the visible ones if there are several."""
    if org or ctx.session.settings.organization:
        return [org]
    resource = RESOURCES["organizations"]
    names = [name for record in query.records(ctx.session, resource) for name in query.names_of(resource, record)[:1]]
    return [*names[:NAMES_IN_MESSAGE]] if len(names) > 1 else [None]


class _Kinds:
    """Looks up what the values of a line can be."""

    def __init__(self, ctx: CommandContext, org: str | None, nouns: Collection[str]) -> None:
        self._session = ctx.session
        self._org = org
        self._nouns = nouns

    def __call__(self, value: str) -> dict[str, str]:
        """Return, by noun, the name of the object that a value can be, in the spelling of a line."""
        text, nouns = plain(value), self._nouns
        kind, colon, name = text.partition(":")
        if colon and kind in PREFIXES:
            noun = PREFIXES[kind]
            is_known = noun in nouns and (noun not in LOOKED_UP or self._name(noun, name))
            return {noun: quoted(name)} if is_known else {}
        if _RIGHT.fullmatch(text):
            return {"rights": value} if "rights" in nouns else {}
        if PERSON.fullmatch(text):
            if {"users", "invitations"} <= {*nouns} and self._is_invited(text):
                return {"invitations": value}
            return {
                noun: value
                for noun in ("users", "invitations")
                if noun in nouns and (noun == "users" or "users" not in nouns)
            }
        if "users" in nouns and text.casefold() in map(str.casefold, self._session.names.of("users")):
            return {"users": value}
        return {noun: quoted(name) for noun in LOOKED_UP if noun in nouns and (name := self._name(noun, text))}

    def _is_invited(self, email: str) -> bool:
        """Return whether a person is invited and has not accepted yet."""
        organization = query.organization(self._session, self._org)
        return bool(invited.pending(self._session, organization.id, [email]))

    def _name(self, noun: str, text: str) -> str:
        """Return the whole name of an object; "" if there is none."""
        names = [text]
        if noun == "roles" and text.lower() in _SHORT_ROLES:
            names = [f"{level} {text}" for level in ("Workspace", "Organization")]
        resource = RESOURCES[noun]
        ids = {}
        if "{organization_id}" in resource.path:
            ids["organization_id"] = query.organization(self._session, self._org).id
        for name in names:
            try:
                return query.find(self._session, noun, name, ids, remembered=True).name
            except AmbiguousNameError:
                return name
            except UnknownNameError:
                continue
        return ""


def _place_unknown(line: Line, kinds: Sequence[dict[str, str]], slots: Sequence[ParamSlot]) -> None:
    """Give the only value that names nothing known to the only argument whose objects are not looked up here."""
    unknown = [at for at, kind in enumerate(kinds) if not kind]
    others = [slot for slot in slots if not slot.option and not {*slot.nouns} & {*LOOKED_UP, *PREFIXES.values()}]
    if len(unknown) == len(others) == 1:
        (noun,) = others[0].nouns
        kinds[unknown[0]][noun] = line.values[unknown[0]]


def plain(word: str) -> str:
    """Return a word of a line without its quotes."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"" else word
