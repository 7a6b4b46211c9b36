"""Checks of service accounts and their API keys. The fields of a key are inferred (API facts 4.4)."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from zenpro_nb import limits
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.audit.findings import AuditCheck, Finding
from zenpro_nb.access.model.columns import BOT_MARK
from zenpro_nb.access.model.keys import AccountKey, ApiKeyKey, TopicKey
from zenpro_nb.syntax.counts import counted


def _bot_without_role(facts: Facts) -> Iterator[Finding]:
    holding = {role.holder["user_id"] for role in facts.holdings()}
    if facts.bots and not holding & set(facts.bots):
        # It is inferred that assignments list service accounts under `user_id` (API facts 3.13).
        why = "No service account has a role: the server may not list their roles."
        yield Finding(TopicKey("none"), why, unknown=True)
        return
    yield from _without(facts, holding, "The service account has no role.")


def _bot_without_active_key(facts: Facts) -> Iterator[Finding]:
    working = {record["service_account_id"] for record in _active(facts)}
    yield from _without(facts, working, "The service account is active and has no active key.")


def _without(facts: Facts, those: Container[str], reason: str) -> Iterator[Finding]:
    """Yield a finding per active service account that is not in `those`."""
    for bot in facts.bots.values():
        if bot["id"] not in those and bot["is_active"] is not False:
            fix = facts.line("service-accounts deactivate", facts.account_word(bot["id"]))
            yield Finding(AccountKey(bot["id"]), reason, principal=f"{BOT_MARK}{bot['username']}", fix=fix)


def _never_expires(facts: Facts) -> Iterator[Finding]:
    for record in _active(facts):
        if record["expires_at"] is None:
            yield _of_key(facts, record, "The key never expires.", "api-keys", since="created")


def _expires_soon(facts: Facts) -> Iterator[Finding]:
    for record in _active(facts):
        days = None if record["expires_at"] is None else -(facts.days_ago(record["expires_at"]) or 0)
        if days is not None and 0 <= days <= limits.KEY_ENDS_SOON:
            yield _of_key(facts, record, f"The key expires in {counted(days, 'day')}.", "api-keys")


def _old(facts: Facts) -> Iterator[Finding]:
    for record in _active(facts):
        since = "last_rotated" if record["last_rotated"] else "created"
        if facts.is_older(record[since], limits.KEY_OLD):
            word = "last rotated" if record["last_rotated"] else "created, and never rotated,"
            reason = f"The key was {word} {counted(facts.days_ago(record[since]) or 0, 'day')} ago."
            yield _of_key(facts, record, reason, "api-keys", since=since)


def _unused(facts: Facts) -> Iterator[Finding]:
    for record in _active(facts):
        since = "last_login" if record["last_login"] else "created"
        if facts.is_older(record[since], limits.KEY_UNUSED):
            days = facts.days_ago(record[since]) or 0
            word = f"last used {counted(days, 'day')} ago" if record["last_login"] else "never used"
            yield _of_key(facts, record, f"The key was {word}.", "api-keys deactivate", since=since)


def _active(facts: Facts) -> Iterator[dict[str, Any]]:
    # An expired key is not a risk, whatever its other fields say.
    for row in facts.rows("api_keys"):
        ended = row["expires_at"] is not None and row["expires_at"] < facts.now
        if row["active"] is not False and not ended:
            yield row


def _of_key(facts: Facts, key: dict[str, Any], reason: str, command: str, *, since: str = "") -> Finding:
    bot = str(key["service_account"])
    arguments = [facts.api_key_word(key)] if command != "api-keys" else []
    return Finding(
        ApiKeyKey(key["service_account_id"], key["id"]),
        reason,
        principal=f"{BOT_MARK}{bot}",
        scope=f"key {key['name']}",
        # A rotation needs a destination for the secret, which only the user can choose.
        fix=facts.line(command, *arguments, service_account=facts.account_word(key["service_account_id"])),
        since=key[since] if since else None,
    )


CHECKS = (
    AuditCheck(
        "service-account-without-role",
        "low",
        "Service accounts without a role.",
        ("service_accounts", "assignments", "team_members"),
        _bot_without_role,
        AccountKey,
        cannot="whether the server lists roles of service accounts at all, if none of them has a role",
        absence=True,
        former="bot-without-role",
    ),
    AuditCheck(
        "service-account-without-active-key",
        "low",
        "Active service accounts without an active key.",
        ("service_accounts.is_active", "api_keys.active"),
        _bot_without_active_key,
        AccountKey,
        absence=True,
        former="bot-without-active-key",
    ),
    AuditCheck(
        "key-never-expires",
        "low",
        "Active keys of service accounts that never expire.",
        ("api_keys.active", "api_keys.expires_at"),
        _never_expires,
        ApiKeyKey,
        cannot="personal access tokens of other users: only their owners can see them",
    ),
    AuditCheck(
        "key-expires-soon",
        "medium",
        f"Active keys of service accounts that expire within {limits.KEY_ENDS_SOON} days.",
        ("api_keys.active", "api_keys.expires_at"),
        _expires_soon,
        ApiKeyKey,
    ),
    AuditCheck(
        "key-old",
        "medium",
        f"Active keys of service accounts that were rotated, or else created, more than {limits.KEY_OLD} days ago.",
        ("api_keys.active", "api_keys.created", "api_keys.last_rotated", "api_keys.expires_at"),
        _old,
        ApiKeyKey,
    ),
    AuditCheck(
        "key-unused",
        "medium",
        f"Active keys of service accounts that were not used for {limits.KEY_UNUSED} days.",
        ("api_keys.active", "api_keys.created", "api_keys.last_login", "api_keys.expires_at"),
        _unused,
        ApiKeyKey,
    ),
)
