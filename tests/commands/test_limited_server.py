"""Many invitations against a server that allows 20 requests per second and answers more with Retry-After."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import zenpro_nb
from tests.commands.conftest import journal
from tests.support.fast_clock import ClientOnFastClock, FastClock
from tests.support.sandbox import timed_sandbox
from zenpro_nb.sandbox.http.middleware import RateLimiter

RATE = 20
MOST_REFUSED = 40


class Answers(Counter[str]):
    """Return how many requests the sandbox has served, and how many it has refused."""


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    counted = Answers()
    wait = RateLimiter.wait

    def counting(limiter: RateLimiter) -> float:
        seconds = wait(limiter)
        counted["refused" if seconds else "served"] += 1
        return seconds

    monkeypatch.setattr(RateLimiter, "wait", counting)
    return counted


def test_deferred_invitations_are_each_sent_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tenth request is refused, whatever the speed of this machine."""
    clock, numbers, refused = FastClock(50.0), itertools.count(1), []

    def tenth(limiter: RateLimiter) -> float:
        late = next(numbers) % 10 == 0
        refused.append(late)
        return 1.0 if late else 0.0

    monkeypatch.setattr(RateLimiter, "wait", tenth)
    emails = [f"limited.{number}@example.com" for number in range(60)]
    with (
        timed_sandbox(tmp_path, clock, users=40, rate_limit=RATE) as plane,
        zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as zen,
    ):
        zen._session.clock = ClientOnFastClock(clock)
        frame: Any = zen.run("invitations", "create", *emails, "--role", "Organization Member", "--yes")
        waiting = Counter(zen.run("invitations", "--only-pending")["email"])
    assert sum(refused) >= 6
    assert list(frame["outcome"]) == ["done"] * 60
    assert {email: waiting[email] for email in emails} == dict.fromkeys(emails, 1)
    assert Counter(entry["outcome"] for entry in journal()) == {"done": 60}


@pytest.mark.slow
def test_a_thousand_invitations_keep_to_the_rate_of_the_server(tmp_path: Path, answers: Answers) -> None:
    names, clock = 1_000, FastClock(1.0)  # faster, and a busy machine would decide
    emails = [f"limited.{number}@example.com" for number in range(names)]
    with (
        timed_sandbox(tmp_path, clock, users=40, rate_limit=RATE) as plane,
        zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as zen,
    ):
        zen._session.clock = ClientOnFastClock(clock)
        before, start = answers["served"], clock.elapsed()
        frame: Any = zen.run("invitations", "create", *emails, "--role", "Organization Member", "--yes")
        took, sent = clock.elapsed() - start, answers["served"] - before
        refused = answers["refused"]
        waiting = Counter(zen.run("invitations", "--only-pending")["email"])
    assert list(frame["outcome"]) == ["done"] * names
    assert {email: waiting[email] for email in emails} == dict.fromkeys(emails, 1)
    assert names < sent <= names + 12  # each write once, and the reads before them
    assert refused <= MOST_REFUSED
    assert Counter(entry["outcome"] for entry in journal()) == {"done": names}
    assert took <= 1.15 * (sent - RATE) / RATE, f"{took:.1f} s"
