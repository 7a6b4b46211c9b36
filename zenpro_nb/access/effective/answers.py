"""Answer whether one principal is allowed to perform an action: the paths, or the nearest missing link."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.access.effective.implied_roles import IMPLIES
from zenpro_nb.access.effective.paths import roles_of, workspaces_of
from zenpro_nb.access.effective.verdicts import Question, allowing_roles
from zenpro_nb.access.model.columns import (
    BOT,
    BOT_MARK,
    BY_OWNER,
    BY_SUPERUSER,
    INVITATION,
    NO,
    ORGANIZATION,
    ORGANIZATION_ADMIN,
    PROJECT,
    SCOPES,
    UNKNOWN,
    VIA,
    WORKSPACE,
    WORKSPACE_ADMIN,
    YES,
)
from zenpro_nb.access.model.holders import holders
from zenpro_nb.access.model.names import principal_ids
from zenpro_nb.resources.rights import OF_PROJECTS
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.model.inventory import Inventory

_EXCEPTION = "for resources that they created or that are shared with them"
_ABOVE = (VIA[BY_SUPERUSER], VIA[BY_OWNER])


class Link(Struct, frozen=True):
    """The missing link to a permission, and the command that adds it.

    Attributes:
        missing: the link, in words.
        command: a line of zenpro.
    """

    missing: str
    command: str


class AccessAnswer(Struct, frozen=True):
    """The answer about one principal.

    Attributes:
        verdict: yes, no or unknown.
        sentence: the answer.
        paths: the paths that allow it.
        present: the paths in the same place that do not allow it.
        links: the nearest missing links; none if it is allowed.
        exception: what the lists do not show although it is allowed.
        activation: the line of zenpro that activates a deactivated account, which comes before the links.
    """

    verdict: str
    sentence: str
    paths: Sequence[str] = ()
    present: Sequence[str] = ()
    links: Sequence[Link] = ()
    exception: str = ""
    activation: str = ""


def answer(
    inventory: Inventory,
    access: pd.DataFrame,
    verdicts: pd.DataFrame,
    question: Question,
    principal: str,
    *,
    is_current: bool = True,
) -> AccessAnswer:
    """Return the answer about one principal.

    Args:
        inventory: the inventory.
        access: the effective access of all principals in it.
        verdicts: the verdicts about this principal.
        question: the question.
        principal: the principal, as typed.
        is_current: the inventory is the current state: only then do the links tell what to do.
    """
    ids = principal_ids(inventory, principal)
    name, kind = principal_of(inventory, ids, principal)
    own = access[_is_among(access, ids) & _is_there(access, question)]
    allows = is_allowed(inventory, own, question)
    yes = verdicts[verdicts["verdict"] == YES]
    is_inactive = is_deactivated(inventory, principal)
    activation = _activation(name, kind) if is_inactive and is_current else ""
    sentence = _sentence(inventory, verdicts, question, name)
    if len(yes):
        sentence += _remark(yes, kind)
        paths, present = own.loc[allows, "path"].tolist(), own.loc[~allows, "path"].tolist()
        return AccessAnswer(YES, sentence, paths, present, activation=activation)
    verdict = UNKNOWN if (verdicts["verdict"] == UNKNOWN).any() else NO
    # API facts 11.14: shares, and the rights of a creator, are not visible.
    if verdict == NO and is_inactive:
        sentence += "; the account is deactivated"
    exception = "" if question.action == "create" else _EXCEPTION
    links = _links(inventory, question, name, kind) if len(question.places) == 1 and is_current else []
    return AccessAnswer(verdict, sentence, (), own["path"].tolist(), links, exception, activation)


def is_allowed(inventory: Inventory, paths: pd.DataFrame, question: Question) -> pd.Series:
    """Return which of the access paths allow the action in one of the places."""
    roles, _ = allowing_roles(inventory, question)
    fits = paths["project_id"].isna() | (question.resource in OF_PROJECTS)
    if question.project is not None:
        fits &= paths["project_id"].isna() | (paths["project_id"] == question.project)
    allows = paths["via"].isin(_ABOVE) | (paths["role_id"].isin(roles) & fits)
    return allows & _is_there(paths, question)


def _is_there(paths: pd.DataFrame, question: Question) -> pd.Series:
    return paths["workspace_id"].fillna("").isin(question.places)


def _remark(allowed: pd.DataFrame, kind: str) -> str:
    """Return what blocks a principal that is allowed to do it."""
    if kind == INVITATION:
        return " (once the invitation is accepted)"
    is_inactive = allowed["active"].eq(False).fillna(False).all()
    return " (deactivated: cannot sign in, but keeps the permission)" if is_inactive else ""


def verdict_summary(verdicts: pd.DataFrame, question: Question, place: str, team: str = "") -> str:
    """Return the answer about all principals, or about the members of a team, in one sentence."""
    states = verdicts.groupby("principal")["verdict"].agg(set).tolist()  # one per workspace
    allowed = sum(YES in words for words in states)
    denied = sum(words == {NO} for words in states)
    what = f"{question.action}:{question.resource} in {place}"
    who = f" in team {team}" if team else ""
    if not allowed and denied == len(states):
        return f"no one{who} can {what}: no path leads there"
    unknown = len(states) - allowed - denied
    parts = [f"{counted(allowed, 'principal')}{who} can {what}{_not_yet(verdicts[verdicts['verdict'] == YES])}"]
    parts += [f"{unknown:,} unknown"] if unknown else []
    parts += [f"{denied:,} {'has' if denied == 1 else 'have'} no path: --where verdict=no"] if denied else []
    return "; ".join(parts)


def _not_yet(allowed: pd.DataFrame) -> str:
    """Return how many of the allowed principals cannot use their permission now; "" if all can."""
    is_invited = allowed["kind"] == INVITATION
    is_inactive = allowed["active"].eq(False).fillna(False).astype(bool) & ~is_invited
    numbers = {
        "deactivated": allowed.loc[is_inactive, "principal"].nunique(),
        "only invited": allowed.loc[is_invited, "principal"].nunique(),
    }
    words = [f"{count:,} {word}" for word, count in numbers.items() if count]
    return f" ({' and '.join(words)})" if words else ""


def place_of(inventory: Inventory, question: Question) -> str:
    """Return the place of a question in words."""
    organization = inventory.organization_name or inventory.organization_id
    if question.workspaces is None:
        return organization
    names = _workspace_names(inventory, question.places)
    where = names[0] if len(names) == 1 else f"any of the {len(names)} workspaces of {organization}"
    return f"project {question.project} of {where}" if question.project else where


def _is_among(access: pd.DataFrame, ids: Mapping[str, Sequence[str]]) -> pd.Series:
    import pandas as pd

    return pd.concat([access[column].isin(values) for column, values in ids.items()], axis=1).any(axis=1)


def principal_of(inventory: Inventory, ids: Mapping[str, Sequence[str]], text: str) -> tuple[str, str]:
    """Return the name and the kind of a principal."""
    who = holders(inventory)
    rows = who[_is_among(who, {name: values for name, values in ids.items() if name in who.columns})]
    if not len(rows):
        return text, ""
    return str(rows["principal"].iloc[0]), str(rows["kind"].iloc[0])


def is_deactivated(inventory: Inventory, principal: str) -> bool:
    """Return whether all accounts with this name are deactivated."""
    who = holders(inventory)
    ids = {name: values for name, values in principal_ids(inventory, principal).items() if name in who.columns}
    return bool(ids) and bool(who[_is_among(who, ids)]["active"].eq(False).fillna(False).all())


def _workspace_names(inventory: Inventory, keys: Sequence[str]) -> list[str]:
    names = workspaces_of(inventory).set_index("id")["name"]
    return [str(names.get(key, key)) for key in keys]


def _sentence(inventory: Inventory, verdicts: pd.DataFrame, question: Question, name: str) -> str:
    what = f"{question.action}:{question.resource}"
    place = place_of(inventory, question)
    values = verdicts["verdict"]
    if not (values == YES).any():
        if not (values == UNKNOWN).any():
            return f"no: no path leads from {name} to {what} in {place}"
        reason = verdicts.loc[values == UNKNOWN, "reason"].iloc[0]
        return f"unknown: zenpro cannot determine whether {name} can {what} in {place}: {reason}"
    inner = verdicts["project_id"].notna() & (values == YES)
    if len(question.places) == 1:
        projects = f" (in {counted(int(inner.sum()), 'project')} only)" if inner.any() and (values != YES).any() else ""
        return f"yes: {name} can {what} in {place}{projects}"
    there = verdicts.loc[values == YES, "workspace"].drop_duplicates().astype(str).tolist()
    total = len(question.places)
    if len(there) == total:
        return f"yes: {name} can {what} in all {total} workspaces"
    return (
        f"yes, in {len(there)} of {total} workspaces: {name} can {what} in {name_list(there, limits.NAMES_IN_MESSAGE)}"
    )


def _links(inventory: Inventory, question: Question, name: str, kind: str) -> list[Link]:
    """Return the nearest links that would allow it: a team that has such a role there, and the weakest role itself."""
    rows = roles_of(inventory)
    allowed, _ = allowing_roles(inventory, question)
    rows = rows[rows["id"].isin(allowed) & rows["real"]]
    fitting = rows[[_fits(level, question) for level in rows["level"]]]
    ranked = sorted(fitting.to_dict("records"), key=lambda role: _strength(role, question))
    if not ranked:
        return []
    weakest = ranked[0]
    strength = {role["id"]: at for at, role in enumerate(ranked)}
    option, word = _option(name, kind)
    scope = (
        []
        if question.workspaces is None or weakest["level"] == SCOPES[ORGANIZATION]
        else [f"--workspace {quoted(_workspace_names(inventory, question.places)[0])}"]
    )
    if weakest["level"] == SCOPES[PROJECT]:
        scope.append(f"--project {question.project}")
    line = " ".join(["roles assign", quoted(str(weakest["name"])), option, word, *scope])
    links = [Link(f"a role there that allows it; the weakest one is {weakest['name']}", line)]
    if team := _team_with(inventory, question, strength):
        team_name, role = team
        line = f"teams add {quoted(team_name)} {option} {word}"
        links.append(Link(f"membership in team {team_name}, which has {role} there", line))
    return links


def _fits(level: str | None, question: Question) -> bool:
    """Return whether a role of this level can be assigned at the place of the question."""
    if question.workspaces is None:
        return level == SCOPES[ORGANIZATION]
    if level == SCOPES[PROJECT]:
        return question.project is not None
    return level in (SCOPES[WORKSPACE], SCOPES[ORGANIZATION])


def _strength(role: Mapping[Hashable, Any], question: Question) -> tuple[bool, bool, bool, int, bool, str]:
    """Return the order of roles, weakest first: narrow scopes, roles that include few others, predefined roles."""
    name = str(role["name"])
    includes = IMPLIES.get(name, frozenset()) if role["predefined"] else frozenset()
    return (
        name == ORGANIZATION_ADMIN,
        name == WORKSPACE_ADMIN,
        question.workspaces is not None and role["level"] == SCOPES[ORGANIZATION],
        limits.COMPARED_ROWS if includes is None else len(includes),
        not role["predefined"],
        name,
    )


def _team_with(inventory: Inventory, question: Question, strength: dict[str, int]) -> tuple[str, str] | None:
    """Return the team with the weakest role there that allows it, and the role."""
    assignments = inventory.assignments.frame
    teams = assignments[assignments["team_id"].notna() & assignments["role_id"].isin(list(strength))]
    there = teams["workspace_id"].fillna("").isin(question.places) & (
        teams["project_id"].isna() | (teams["project_id"] == question.project)
    )
    matches = teams[there]
    if not len(matches):
        return None
    names = inventory.teams.frame.set_index("id")["name"]
    best = min(matches.to_dict("records"), key=lambda row: (strength[row["role_id"]], str(row["team_id"])))
    return str(names.get(best["team_id"], best["team_id"])), str(best["role"])


def _activation(name: str, kind: str) -> str:
    """Return the line that activates an account: without it, no role has an effect."""
    return f"{'service-accounts' if kind == BOT else 'users'} activate {quoted(name.removeprefix(BOT_MARK))}"


def _option(name: str, kind: str) -> tuple[str, str]:
    """Return the option of `roles assign` and `teams add` that selects the principal, and its value."""
    if kind == BOT:
        return "--service-account", quoted(name.removeprefix(BOT_MARK))
    return ("--invitation" if kind == INVITATION else "--user"), quoted(name)
