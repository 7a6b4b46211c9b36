"""The hints about API keys of service accounts: a key that is missing in the line, or that is not the caller's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import click

from zenpro_nb import limits, query
from zenpro_nb.errors import UnknownNameError
from zenpro_nb.framework.declare import CommandContext
from zenpro_nb.resources.control_plane import OWN_API_KEYS, SERVICE_ACCOUNT_API_KEYS, SERVICE_ACCOUNTS
from zenpro_nb.security import secret_destinations
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.unparse import quoted, spell

Key = Mapping[str, Any]
# Whether the keys that a command usually concerns are active; every key for the other commands.
_ACTIVE = {"rotate": True, "deactivate": True, "activate": False}


def not_yours(ctx: CommandContext, error: UnknownNameError, text: str) -> UnknownNameError:
    """Return the error about a key, with the line for a service account of this name if the organization has one.

    Args:
        error: the error for a key that the caller does not have.
        text: the name that was typed.
    """
    if error.strangers:
        error.hint += " For a key of a service account, add --service-account NAME."
    if not ctx.session.settings.organization:
        return error
    organization = query.organization(ctx.session, None)
    ids = {"organization_id": organization.id}
    accounts = query.records(ctx.session, SERVICE_ACCOUNTS, ids)
    try:
        account = query.pick("service-accounts", text, accounts)
    except UnknownNameError:
        return _of_another(ctx, error, text, ids, accounts)
    keys = _keys(ctx, ids, account.id)
    problem = f"{text!r} is a service account, not a key"
    if not keys:
        create = f"`api-keys create NAME --service-account {quoted(account.name)}`"
        return UnknownNameError(f"{problem}, and it has no keys", hint=f"Create one: {create}.")
    names = _in_question(keys, click.get_current_context().command.name)
    lines = " or ".join(f"`{_line(name, account.name)}`" for name in names[: limits.SUGGESTIONS])
    has = "" if len(keys) == 1 else f"It has {_listed(keys)}. "
    unknown = UnknownNameError(problem, hint=f"{has}Use {lines}.")
    if len(names) == 1:
        unknown.only_key = account.name, names[0]
    return unknown


def missing_key(ctx: CommandContext, context: click.Context) -> str:
    """Return the hint for a line without a key: the owner's keys, and the complete line for each of the first ones."""
    account = context.params.get("service_account")
    if context.params.get("workspace"):
        return ""  # keys of a workspace have lists of their own
    if account is None:
        keys: Sequence[Key] = query.records(ctx.session, OWN_API_KEYS)
        owner, option = "You have", ""
    else:
        ids = {"organization_id": query.organization(ctx.session, context.params.get("org")).id}
        found = query.find(ctx.session, SERVICE_ACCOUNTS.noun, account, ids)
        keys = _keys(ctx, ids, found.id)
        owner, option = f"{found.name} has", f" --service-account {quoted(found.name)}"
    if not keys:
        to = secret_destinations.example("ci")
        return f"{owner} no keys. Create one: `{ctx.ui.name} api-keys create ci{option} --to {to}`."
    arguments = {name: value for name, value in context.params.items() if value}
    path = context.command_path.split()[1:]
    written = any(param.name == "to" for param in context.command.params)
    lines = []
    for name in _in_question(keys, context.command.name)[: limits.SUGGESTIONS]:
        values = arguments | {"key": name}
        if written and not (arguments.get("to") or arguments.get("reveal")):
            values["to"] = secret_destinations.example(name)
        lines.append(f"`{ctx.ui.name} {spell(context.command, path, values)}`")
    return f"{owner} {_listed(keys)}. Use {' or '.join(lines)}."


def rotations(ctx: CommandContext, text: str) -> str:
    """Return the hint with the lines that rotate the keys of a service account.

    Raises:
        ZenProError: the keys cannot be read, for example because there is no such service account.
    """
    ids = {"organization_id": query.organization(ctx.session, None).id}
    account = query.find(ctx.session, SERVICE_ACCOUNTS.noun, text, ids)
    option = f"--service-account {quoted(account.name)}"
    keys = _keys(ctx, ids, account.id)
    if not keys:
        to = secret_destinations.example("ci")
        return f"{account.name} has no keys. Create one: `{ctx.ui.name} api-keys create ci {option} --to {to}`."
    lines = [
        f"`{ctx.ui.name} api-keys rotate {quoted(name)} {option} --to {quoted(secret_destinations.example(name))}`"
        for name in _in_question(keys, "rotate")[: limits.SUGGESTIONS]
    ]
    has = f"{account.name} has {_listed(keys)}."
    return f"To rotate a service account, rotate its keys. {has} Use {' or '.join(lines)}."


def _of_another(
    ctx: CommandContext,
    error: UnknownNameError,
    text: str,
    ids: Mapping[str, str],
    accounts: Sequence[Mapping[str, Any]],
) -> UnknownNameError:
    """Return the error with the lines for the service accounts that have a key of this name."""
    if len(accounts) > limits.ACCOUNTS_SEARCHED:
        return error
    calls: list[Callable[[], Any]] = [partial(_keys, ctx, ids, str(account["id"])) for account in accounts]
    found = zip(accounts, query.gather_all(ctx.session, calls), strict=True)
    owners = [str(account.get("username") or account["id"]) for account, keys in found if text in _names(keys)]
    if not owners:
        return error
    lines = " or ".join(f"`{_line(text, owner)}`" for owner in owners[: limits.SUGGESTIONS])
    have = "has one" if len(owners) == 1 else "have one"
    return UnknownNameError(
        f"You have no key {text!r}, but {name_list(owners, limits.NAMES_IN_MESSAGE)} {have}", hint=f"Use {lines}."
    )


def _keys(ctx: CommandContext, ids: Mapping[str, str], account: str) -> Sequence[Key]:
    """Return the keys of a service account."""
    return query.records(ctx.session, SERVICE_ACCOUNT_API_KEYS, {**ids, "service_account_id": account})


def _in_question(keys: Sequence[Key], verb: str | None) -> list[str]:
    """Return the names of the keys that a command can concern; of all keys if it can concern none."""
    wanted = _ACTIVE.get(verb or "")
    found = [key for key in keys if wanted is None or key.get("active", wanted) is wanted]
    return _names(found or keys)


def _names(keys: Sequence[Key]) -> list[str]:
    return [str(key.get("name") or key.get("id")) for key in keys]


def _listed(keys: Sequence[Key]) -> str:
    """Return the number of keys and their names."""
    return f"{counted(len(keys), 'key')}: {name_list(_names(keys), limits.NAMES_IN_MESSAGE)}"


def _line(key: str, account: str) -> str:
    """Return the line of this call with the key and its service account."""
    context = click.get_current_context()
    arguments = {name: value for name, value in context.params.items() if value} | {
        "key": key,
        "service_account": account,
    }
    if "to" in context.params and not (arguments.get("to") or arguments.get("reveal")):
        arguments["to"] = secret_destinations.example(key)
    return spell(context.command, context.command_path.split()[1:], arguments)
