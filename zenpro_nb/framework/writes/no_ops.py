"""Find writes that would change nothing before any confirmation; they are reported and never sent."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from zenpro_nb import query
from zenpro_nb.errors import ZenProError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.writes.guards.reads import GuardReads
from zenpro_nb.framework.writes.observe import Observer
from zenpro_nb.framework.writes.undo import ABSENT, THERE, Observation, agrees
from zenpro_nb.framework.writes.write import Record, Write

CHANGED_SINCE = "this changed after the command was prepared; run the command again"


def mark_no_ops(ctx: CommandContext, writes: Sequence[Write], reads: GuardReads | None = None) -> list[Write]:
    """Return the writes; roles and team memberships that are already in the intended state get a `noop`.

    Each list is read once. If a list cannot be read, the server decides.

    Args:
        reads: those of the guards, which need some of the same lists.
    """
    lists = [_list_of(write) for write in writes]
    if not any(lists):
        return list(writes)
    observer = Observer(ctx)
    # The journal needs the kind of the server before the first write, and would wait for it alone.
    query.gather(
        ctx.session,
        partial(observer.read, [observation for observation in lists if observation is not None]),
        partial(query.prefetch_kind, ctx.session),
    )
    if reads is not None:
        reads.add_lists(observer)
    return [
        write if observation is None else _with_state(observer, write, observation)
        for write, observation in zip(writes, lists, strict=True)
    ]


def recheck(ctx: CommandContext, writes: Sequence[Write]) -> list[Write]:
    """Return the writes just before they are sent: a question or a form may have waited for a long time.

    A `noop` that no longer holds is not sent, since the user has never seen it as a change.
    """
    places = [at for at, write in enumerate(writes) if write.noop and not write.hold_text]
    if not places:
        return list(writes)
    observer = Observer(ctx)
    observer.read([observation for at in places if (observation := _list_of_noop(writes[at])) is not None])
    answers = ctx.session.client.fan_out(
        [partial(_is_still_noop, observer, writes[at]) for at in places], errors="return"
    )
    result = list(writes)
    for at, answer in zip(places, answers, strict=True):
        if isinstance(answer, Exception):
            if not isinstance(answer, ZenProError):
                raise answer
            result[at] = writes[at].with_position(build_later=partial(_refuse, answer))
        elif not answer:
            result[at] = writes[at].with_position(build_later=partial(_refuse, ZenProError(CHANGED_SINCE)))
        else:
            result[at] = replace(writes[at], record=None if answer is True else answer)
    return result


def _list_of(write: Write) -> Observation | None:
    """Return the list that shows whether the write of a role or team membership changes anything.

    None for other writes, and for those whose command has already read the previous state.
    """
    if (
        len(write.inverse) != 1
        or write.before is not None
        or write.hold_text
        or write.noop
        or write.position.build_later
        or write.body is not None
        or write.client is not None
    ):
        return None
    (inverse,) = write.inverse
    in_list = (
        inverse.observation.noun and not inverse.observation.path and inverse.body is None and not inverse.needs_id
    )
    return inverse.observation if in_list and write.method in ("POST", "DELETE") else None


def _with_state(observer: Observer, write: Write, observation: Observation) -> Write:
    """Return the write with the previous state, and the reason if it changes nothing."""
    (inverse,) = write.inverse
    try:
        current = observer.see(observation)
    except ZenProError:
        return write  # unknown, so the server decides
    words = write.on_409 if write.method == "POST" else write.on_404
    noop = words if agrees(current, inverse.expected_now) else ""
    return replace(write, noop=noop, before=ABSENT if current is None else THERE)


def _list_of_noop(write: Write) -> Observation | None:
    """Return the list that showed that a write changes nothing; None if its check reads the state."""
    return None if write.undoes else _list_of(replace(write, noop="", before=None))


def _is_still_noop(observer: Observer, write: Write) -> Record | bool | None:
    observation = _list_of_noop(write)
    if observation is not None:
        return agrees(observer.see(observation), write.inverse[0].expected_now)
    if write.obstacle is not None:
        obstacle = write.obstacle()
        return obstacle is not None and obstacle.as_good
    return write.verify() if write.verify is not None else None


def _refuse(error: ZenProError) -> Write:
    raise error
