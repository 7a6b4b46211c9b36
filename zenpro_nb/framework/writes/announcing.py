"""The line after a change, such as `done: deleted team ops`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from zenpro_nb import limits
from zenpro_nb.framework.writes.checks import fields_of
from zenpro_nb.framework.writes.write import Outcome, Write
from zenpro_nb.syntax.counts import counted, name_list

# Verbs with another result than their own past tense.
_PAST = {"run": "started", "stop": "stopping", "update": "changed {fields} of"}
NOTHING = "nothing to do"
TOOK_BACK = "undid"  # the object of this verb is a change, for other verbs it is the changed object
_PROGRESS = re.compile(r", (still|now) [a-z_]+(?=[.:]|$)")
_Y = re.compile(r"(?<=[^aeiou])y$")


def past_tense(verb: str) -> str:
    """Return the past tense of a verb, for the result message: of the first word if there are several.

    >>> past_tense("delete"), past_tense("deploy"), past_tense("verify"), past_tense("run"), past_tense("rename-all")
    ('deleted', 'deployed', 'verified', 'started', 'renamed')
    """
    verb = verb.partition("-")[0]
    return _PAST.get(verb, _regular_past(verb))


def _regular_past(verb: str) -> str:
    return f"{_Y.sub('i', verb).removesuffix('e')}ed"


def announcement(outcomes: Sequence[Outcome], nothing: str = NOTHING) -> str:
    """Return the line about writes that all reached their intended state.

    Args:
        nothing: the line if there was nothing to send.

    >>> from zenpro_nb.framework.writes.write import Confirmation
    >>> deleted, added = (Confirmation(past_tense=verb) for verb in ("deleted", "added"))
    >>> write = Write("DELETE", "/teams/1", target="team ops", name="ops", confirmation=deleted)
    >>> announcement([Outcome(write, "done")]), announcement([Outcome(write, "already", "no longer exists")])
    ('done: deleted team ops', 'nothing to do: team ops: no longer exists')
    >>> announcement([Outcome(write, "already")] * 2)
    'nothing to do: 2 teams, all unchanged'
    >>> announcement([Outcome(write, "done"), Outcome(write, "already"), Outcome(write, "skipped")])
    'done: deleted team ops (1 unchanged: ops); 1 skipped: team ops'
    >>> announcement([Outcome(write, "done"), Outcome(write.with_hold(remains="team ops is open"), "skipped")])
    'done: deleted team ops'
    >>> announcement([]), announcement([Outcome(write, "skipped", "is a member of acme-labs too")])
    ('nothing to do', 'nothing to do (1 skipped)')
    >>> team = Write("POST", "/teams", target="team ops", name="ops", confirmation=added)
    >>> words = ("added ", " to team ops")
    >>> member = Write("POST", "/", target="ada in team ops", name="ada", sentence=words, confirmation=added)
    >>> announcement([Outcome(member, "done")]), announcement([Outcome(member, "done")] * 3)
    ('done: added ada to team ops', 'done: added 3 principals to team ops')
    >>> announcement([Outcome(team, "done"), Outcome(member, "done")])
    'done: 2 changes'
    >>> back = [write.with_confirmation(past_tense=TOOK_BACK) for write in (team, member)]
    >>> announcement([Outcome(write, "done") for write in back])
    'done: undid 2 changes'
    """
    held = [outcome.write for outcome in outcomes if outcome.state == "skipped"]
    skipped = [write.target for write in held if not write.hold.remains]  # a line of its own reports the others
    skipped_text = f"{len(skipped):,} skipped"
    named = f"; {skipped_text}: {name_list(skipped, limits.FAILED_NAMED)}" if skipped else ""
    outcomes = [outcome for outcome in outcomes if outcome.state != "skipped"]
    if not outcomes:
        return (nothing if len(skipped) == len(held) else NOTHING) + (f" ({skipped_text})" if skipped else "")
    if len(outcomes) != 1:
        if all(outcome.state == "already" for outcome in outcomes):
            return f"{NOTHING}: {several([outcome.write for outcome in outcomes])}, all unchanged{named}"
        return f"done: {_sum(outcomes)}{named}"
    (outcome,) = outcomes
    detail = f": {outcome.detail}" if outcome.detail else ""
    if outcome.state == "already":
        return f"{NOTHING}: {outcome.write.target}{detail}{named}"
    return f"done: {_clause(_verb_of(outcome.write), [outcome.write])}{_progress_of(outcome)}{detail}{named}"


def several(writes: Sequence[Write]) -> str:
    """Return a short summary of the targets of several writes.

    >>> roles = [Write("POST", "/", target=f"{name} as Admin in acme", name=name) for name in ("ada", "grace")]
    >>> users = [Write("POST", "/", target=f"user {name}", name=name) for name in ("ada", "grace", "linus")]
    >>> emails = ("ada@x.io", "bob@x.io")
    >>> invitations = [Write("POST", "/", target=f"{email} as Admin in acme", name=email) for email in emails]
    >>> several(roles), several(users), several([*roles, *users]), several(invitations)
    ('2 principals as Admin in acme', '3 users', '5 changes', '2 people as Admin in acme')
    """
    around = {write.target.partition(write.name)[::2] for write in writes if write.name}
    if len(around) != 1 or not all(write.name for write in writes):
        return counted(len(writes), "change")
    before, after = around.pop()
    noun = before.strip().removesuffix(" of") or _noun_of(writes)
    return f"{counted(len(writes), noun)}{after}"


def _noun_of(writes: Sequence[Write]) -> str:
    """Return the noun for principals whose targets begin with their names."""
    return "person" if all("@" in write.name for write in writes) else "principal"


def _sum(outcomes: Sequence[Outcome]) -> str:
    """Return what changed, with the writes that were sent as the basis of the counts; the others are a remark."""
    done = [outcome.write for outcome in outcomes if outcome.state != "already"]
    unchanged = [outcome.write for outcome in outcomes if outcome.state == "already"]
    remarked = sum(bool(outcome.detail) for outcome in outcomes if outcome.state == "done")
    remarks = [_unchanged(unchanged, by_name=_are_alike([*done, *unchanged]))] if unchanged else []
    remarks += [f"{remarked:,} with a remark in the column detail"] if remarked else []
    return _changes(done) + (f" ({'; '.join(remarks)})" if remarks else "")


def _changes(writes: Sequence[Write]) -> str:
    """Return a short summary of what was changed, separately for each verb.

    >>> from zenpro_nb.framework.writes.write import Confirmation
    >>> def done(verb, name, target):
    ...     return Write("POST", "/", target=target, name=name, confirmation=Confirmation(past_tense=verb))
    >>> roles = [done("added", name, f"{name} as Viewer in ml") for name in ("ada", "grace")]
    >>> _changes([*roles, done("removed", "linus", "linus as Viewer in ml")])
    'added 2 principals as Viewer in ml, removed linus as Viewer in ml'
    >>> _changes([*roles, done("added", "ada", "ada in team ops"), done("removed", "linus", "linus in team ops")])
    '4 changes: 3 added, 1 removed'
    """
    by_verb: dict[str, list[Write]] = {}
    for write in writes:
        by_verb.setdefault(_verb_of(write), []).append(write)
    if len(by_verb) == 1:
        ((verb, alike),) = by_verb.items()
        return _clause(verb if _are_alike(alike) or verb == f"{TOOK_BACK} " else "", alike)
    # A command whose verb is not shown has several kinds of steps here: their actions replace it.
    by_verb = {}
    for write in writes:
        by_verb.setdefault(_verb_of(write) or f"{_regular_past(write.position.action or 'add')} ", []).append(write)
    if len(by_verb) <= limits.REASONS_SHOWN and all(map(_are_alike, by_verb.values())):
        return ", ".join(_clause(verb, alike) for verb, alike in by_verb.items())
    counts = [f"{len(alike):,} {verb.strip()}" for verb, alike in by_verb.items()]
    return f"{counted(len(writes), 'change')}: {', '.join(counts)}"


def _clause(verb: str, writes: Sequence[Write]) -> str:
    """Return what was done: the sentence that these writes have in common, or the verb before their targets."""
    (first, *others), sentences = writes, {write.sentence for write in writes}
    if verb == f"{TOOK_BACK} ":
        return f"{verb}{counted(len(writes), 'change')}{'' if others else f': {first.target}'}"
    if len(sentences) == 1 and first.sentence:
        before, after = first.sentence
        return f"{before}{counted(len(writes), 'principal') if others else first.name}{after}"
    return f"{verb}{several(writes) if others else first.target}"


def _are_alike(writes: Sequence[Write]) -> bool:
    """Return whether the targets differ only in a name, so one phrase describes them all."""
    return len(writes) == 1 or several(writes) != counted(len(writes), "change")


def _unchanged(writes: Sequence[Write], *, by_name: bool) -> str:
    """Return the remark about writes that changed nothing. A name is enough if all targets are alike."""
    names = [write.name if by_name and write.name else write.target for write in writes]
    return f"{len(writes):,} unchanged: {name_list(names, limits.FAILED_NAMED)}"


def _verb_of(write: Write) -> str:
    words = write.confirmation.past_tense.format(fields=", ".join(write.body or ()))
    return f"{words} " if words else ""


def without_progress(line: str) -> str:
    """Return a line without the words about an operation that was still running.

    >>> without_progress("Done: created workspace ml, still pending.")
    'Done: created workspace ml.'
    """
    return _PROGRESS.sub("", line)


def _progress_of(outcome: Outcome) -> str:
    """Return the progress of a started operation, if the response shows it: a workspace takes minutes."""
    if not isinstance(outcome.record, Mapping):
        return ""
    fields = fields_of(outcome.record)
    status, goal = fields.get("status"), fields.get("desired_state")
    if not isinstance(status, str) or status == goal:
        return ""
    return f", still {status}" if isinstance(goal, str) else f", now {status}"
