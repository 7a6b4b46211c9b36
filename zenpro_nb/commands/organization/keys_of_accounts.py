"""The error for an API key that is not the caller's: a service account has a key of this name, or has this name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import click

from zenpro_nb import limits, query
from zenpro_nb.errors import UnknownNameError
from zenpro_nb.framework.declare import CommandContext
from zenpro_nb.resources.control_plane import SERVICE_ACCOUNT_API_KEYS, SERVICE_ACCOUNTS
from zenpro_nb.security import secret_destinations
from zenpro_nb.syntax.counts import counted, named
from zenpro_nb.syntax.unparse import quoted, spell


def not_yours(ctx: CommandContext, error: UnknownNameError, text: str) -> UnknownNameError:
    """Return the error about a key, with the line for a service account of this name if the organization has one.

    Args:
        error: the error for a key that the caller does not have.
        text: the name that was typed.
    """
    if not ctx.session.settings.organization:
        return error
    organization = query.organization(ctx.session, None)
    ids = {"organization_id": organization.id}
    accounts = query.records(ctx.session, SERVICE_ACCOUNTS, ids)
    try:
        account = query.pick("service-accounts", text, accounts)
    except UnknownNameError:
        return _of_another(ctx, error, text, ids, accounts)
    names = _keys(ctx, ids, account.id)
    problem = f"{text!r} is a service account, not a key"
    if not names:
        create = f"`api-keys create NAME --service-account {quoted(account.name)}`"
        return UnknownNameError(f"{problem}, and it has no keys", hint=f"Create one: {create}.")
    more = "" if len(names) == 1 else f" It has {counted(len(names), 'key')}: {named(names, limits.LISTED)}."
    advice = "Use" if len(names) == 1 else "For example:"
    return UnknownNameError(problem, hint=f"{advice} `{_line(names[0], account.name)}`.{more}")


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
    owners = [str(account.get("username") or account["id"]) for account, names in found if text in names]
    if not owners:
        return error
    lines = " or ".join(f"`{_line(text, owner)}`" for owner in owners[: limits.SUGGESTIONS])
    return UnknownNameError(f"You have no key {text!r}, but {named(owners, limits.LISTED)} has", hint=f"Use {lines}.")


def _keys(ctx: CommandContext, ids: Mapping[str, str], account: str) -> list[str]:
    """Return the names of a service account's keys."""
    keys = query.records(ctx.session, SERVICE_ACCOUNT_API_KEYS, {**ids, "service_account_id": account})
    return [str(key.get("name") or key.get("id")) for key in keys]


def _line(key: str, account: str) -> str:
    """Return the line of this call with the key and its service account."""
    context = click.get_current_context()
    given = {name: value for name, value in context.params.items() if value} | {"key": key, "service_account": account}
    if "to" in context.params and not (given.get("to") or given.get("reveal")):
        given["to"] = secret_destinations.example(key)
    return spell(context.command, context.command_path.split()[1:], given)
