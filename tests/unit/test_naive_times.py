"""A time without a zone is UTC, wherever it comes from and whatever zone the machine is in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pandas as pd
import pytest

from tests.client.support import FakeClock
from zenpro_nb import query
from zenpro_nb.access.audit.facts import Facts
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.client._reply import Reply
from zenpro_nb.client._retry import retry_after
from zenpro_nb.frames import Decoder, assemble
from zenpro_nb.frames.display import values
from zenpro_nb.profiles import Profiles
from zenpro_nb.resources.model import Column, DataType, Paging, Resource
from zenpro_nb.syntax.timespec import parse_time

NOON = datetime(2026, 7, 19, 12, 0, tzinfo=UTC)
NAIVE = "2026-07-19T12:00:00"

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="time.tzset exists on Unix only")


@pytest.fixture(params=["HERE-05:30", "HERE+09"], ids=["5.5 hours east", "9 hours west"], autouse=True)
def local_zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """A machine whose local time is not UTC, east or west of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        assert datetime(2026, 7, 19, 12).timestamp() != NOON.timestamp()  # noqa: DTZ001 - naive on purpose
        yield
    time.tzset()


@pytest.mark.parametrize("others", [[], ["2026-07-19T14:00:00+02:00"], ["2026-07-19 12:00:00.000000", "soon"]])
def test_in_a_list(others: list[str]) -> None:
    things = Resource(
        noun="things",
        path="/things",
        paging=Paging.OFFSET,
        help="things",
        columns=(Column("id", DataType.ID), Column("created", DataType.TIME)),
    )
    rows = ", ".join(f'{{"id": "{number}", "created": "{text}"}}' for number, text in enumerate([NAIVE, *others]))
    created = assemble(things, [(Decoder(things)(f"[{rows}]".encode()), None)])["created"]
    assert created.dropna().tolist() == [NOON] * len(created.dropna())
    assert created.notna().sum() == 1 + len(others) - others.count("soon")


def test_in_a_frame_of_the_user() -> None:
    assert values.time(NOON.replace(tzinfo=None), "minutes").text == "2026-07-19 12:00"
    assert values.time(NOON.astimezone(), "minutes").text == "2026-07-19 12:00"


def test_in_an_option() -> None:
    assert parse_time(NAIVE, NOON).start == NOON
    assert parse_time("2026-07-19", NOON).start == NOON.replace(hour=0)
    assert parse_time(f"{NAIVE}+00:00", NOON).start == NOON


def test_in_retry_after() -> None:
    clock = FakeClock()
    clock.wall = NOON.timestamp()
    # A date without a zone, as old servers send it; `-0000` is naive in Python, too.
    for text in ("Sun, 19 Jul 2026 12:00:30", "Sun, 19 Jul 2026 12:00:30 -0000", format_datetime(NOON)):
        reply = Reply(429, b"", {"Retry-After": text}, None)
        assert retry_after(reply, clock) == (0.0 if text == format_datetime(NOON) else 30.0)


@pytest.mark.parametrize("spelled", ["'2026-07-19T12:00:00'", "2026-07-19T12:00:00"], ids=["text", "a time of YAML"])
def test_in_the_logins_of_zenml(tmp_path: Path, spelled: str) -> None:
    server = "https://pro.example.com/api/v1"
    (tmp_path / "credentials.yaml").write_text(
        f"{server}:\n  api_token: {{access_token: not-a-jwt-0123456789, expires_at: {spelled}, expires_in: 3600}}\n"
        f"  pro_api_url: {server}\n  url: {server}\n"
    )
    places = ("ZENPRO_CONFIG_DIR", "ZENPRO_STATE_DIR", "ZENML_CONFIG_PATH")
    profiles = Profiles(dict.fromkeys(places, str(tmp_path)), now=lambda: NOON.timestamp() - 1000)
    credential = profiles.settings("zenml:pro.example.com/api/v1").credential
    assert credential is not None
    assert credential.token.expires_at == NOON.timestamp()  # type: ignore[attr-defined]


def test_in_an_audit() -> None:
    facts = Facts(Inventory(), NOON.replace(tzinfo=None))
    assert facts.now == NOON
    assert facts.days_ago(datetime(2026, 7, 18, 12, tzinfo=UTC)) == 1


def test_a_record_and_a_row_have_the_same_time() -> None:
    for sent in (NAIVE, f"{NAIVE}Z", "2026-07-19T14:00:00+02:00", NOON, pd.Timestamp(NOON)):
        assert query.time_in({"created": sent}, "created") == NOON
    for missing in ({}, {"created": None}, {"created": pd.NaT}, {"created": "soon"}, {"created": 7}):
        assert query.time_in(missing, "created") is None
