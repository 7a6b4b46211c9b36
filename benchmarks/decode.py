"""Measure how much faster bytes become a typed frame than with a loop by hand: `python benchmarks/decode.py`.

100,000 users and 20,000 workspaces, in pages of 100 (the control plane's maximum), with all fields of the models in
API facts 4.2 and 4.5, are read into the columns of `%zenpro users` and `%zenpro workspaces`. The loop by hand is what
the author of a notebook writes: `json.loads`, `pd.json_normalize`, then the dtypes. The benchmark checks that both
produce the same frame. Rounds alternate, so other load on the machine affects both. Read the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import time
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pandas as pd
import pyarrow as pa

from benchmarks.row import Row, Settings, middle, times
from benchmarks.row import seconds as said
from zenpro_nb.frames import Decoder, assemble, dtype_of
from zenpro_nb.limits import PAGES_MERGED
from zenpro_nb.resources import RESOURCES, DataType, Resource

MOMENT = "2025-{month:02}-{day:02}T14:26:05.721Z"
FEW = {
    "users": ["id", "email", "name", "is_active", "oauth_provider"],
    "workspaces": ["id", "name", "status", "version"],
}


def identifier(dice: random.Random) -> str:
    """Return a UUID that depends on the seed only."""
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def moment(number: int) -> str:
    """Return a time in the notation of the control plane."""
    return MOMENT.format(month=number % 12 + 1, day=number % 28 + 1)


def user(dice: random.Random, number: int) -> dict[str, Any]:
    """Return a user (API facts 4.2), all fields filled in as for a single sign-on account."""
    return {
        "id": identifier(dice),
        "username": f"user{number}@example.com",
        "email": f"user{number}@example.com",
        "name": f"Ünal Example {number}" if number % 9 else None,
        "password": None,
        "password_expired": None if number % 3 else False,
        "avatar_url": f"https://avatars.example.com/u/{number}.png",
        "company": "Example Industries",
        "job_title": dice.choice(["Engineer", "Analyst", "Manager", "Scientist"]),
        "metadata": {"primary_use": dice.choice(["work", "study"]), "signup": {"source": "invitation", "step": 3}},
        "oauth_provider": dice.choice(["github", "google", None]),
        "oauth_id": str(dice.getrandbits(64)),
        "is_active": number % 7 != 0,
        "is_superuser": number % 1000 == 0,
        "is_service_account": number % 20 == 0,
        "organization_id": identifier(dice) if number % 20 == 0 else None,
        "is_onboarded": True,
    }


def workspace(dice: random.Random, number: int) -> dict[str, Any]:
    """Return a workspace (API facts 4.5) with its nested organization, owner and service."""
    name = f"ml-{number}"
    return {
        "id": identifier(dice),
        "name": name,
        "display_name": name.title(),
        "description": None,
        "logo_url": None,
        "organization": {
            "id": identifier(dice),
            "name": "acme",
            "description": None,
            "logo_url": None,
            "created": moment(1),
            "updated": moment(2),
        },
        "owner": user(dice, number),
        "is_managed": number % 5 != 0,
        "enrollment_key": None,
        "zenml_service": {
            "configuration": {"version": "0.98.0", "analytics_enabled": True, "admin": None},
            "status": {"server_url": f"https://{name}.example.com", "version": "0.98.0", "storage_size": number},
        },
        "mlflow_service": None,
        "workspace_type": "zenml",
        "usage_counts": {"pipelines": number % 50, "runs": number},
        "desired_state": "available",
        "status": dice.choice(["available", "available", "deactivated"]),
        "state_reason": None,
        "created": moment(number),
        "updated": moment(number + 1),
    }


def pages(make: Callable[[random.Random, int], dict[str, Any]], count: int, size: int) -> list[bytes]:
    """Return the bodies of the pages."""
    dice = random.Random(7)
    records = (make(dice, number) for number in range(count))
    return [json.dumps(page).encode() for page in iter(lambda: list(islice(records, size)), [])]


def by_hand(resource: Resource, bodies: list[bytes]) -> pd.DataFrame:
    """Decode with json.loads and json_normalize, and set the types."""
    rows = [row for body in bodies for row in json.loads(body)]
    wide = pd.json_normalize(rows)
    df = wide[[column.path or column.name for column in resource.columns]].copy()
    df.columns = [column.name for column in resource.columns]
    for column in resource.columns:
        if column.kind is DataType.TIME:
            df[column.name] = pd.to_datetime(df[column.name], utc=True, format="ISO8601").astype(
                dtype_of(DataType.TIME)
            )
        else:
            df[column.name] = df[column.name].astype(dtype_of(column.kind))
    return df


def ours(resource: Resource, bodies: list[bytes], columns: list[str] | None = None) -> pd.DataFrame:
    """Decode with a Decoder and assemble in batches of pages, as the client reads lists."""
    decode = Decoder(resource, columns)
    pages = (decode(body) for body in bodies)
    parts = [decode.merge(some) for some in iter(lambda: [(page, None) for page in islice(pages, PAGES_MERGED)], [])]
    return assemble(resource, [(part, None) for part in parts if part is not None], columns)


def seconds(works: list[Callable[[], object]], rounds: int) -> list[float]:
    """Return the median time of each method; they alternate."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, taken in zip(works, times, strict=True):
            gc.collect()
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def peak(work: Callable[[], object]) -> float:
    """Return the peak memory of Python objects and Arrow arrays, in megabytes."""
    gc.collect()
    usual = pa.default_memory_pool()
    counting = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(counting)
    tracemalloc.start()
    work()
    traced = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    pa.set_memory_pool(usual)
    return (traced + counting.max_memory()) / 1e6


def report(noun: str, bodies: list[bytes], rounds: int) -> None:
    """Print the figures of a resource."""
    resource = RESOURCES[noun]
    pd.testing.assert_frame_equal(ours(resource, bodies), by_hand(resource, bodies))
    hand, whole, few = seconds(
        [
            lambda: by_hand(resource, bodies),
            lambda: ours(resource, bodies),
            lambda: ours(resource, bodies, FEW[noun]),
        ],
        rounds,
    )
    print(f"{noun}: {len(bodies):,} pages, {sum(map(len, bodies)) / 1e6:.0f} MB")
    for name, time_, work in (
        ("by hand", hand, lambda: by_hand(resource, bodies)),
        (f"here, all {len(resource.columns)} columns", whole, lambda: ours(resource, bodies)),
        (f"here, {len(FEW[noun])} columns", few, lambda: ours(resource, bodies, FEW[noun])),
    ):
        print(f"  {name:22} {time_:.3f} s, peak {peak(work):3.0f} MB, {hand / time_:.1f} times as fast")


def rows(settings: Settings) -> Iterator[Row]:
    """Return the row of the table of all figures: all columns of many users."""
    count = 10_000 if settings.quick else 100_000
    users, bodies = RESOURCES["users"], pages(user, count, 100)
    took = [seconds([lambda: by_hand(users, bodies), lambda: ours(users, bodies)], 1) for _ in range(settings.rounds)]
    hand, mine = ([item[place] for item in took] for place in (0, 1))
    name = f"{count:,} users from bytes to a frame: times json_normalize"
    yield Row(name, said(mine), said(hand), ratio=middle(times(hand, mine)), goal="≥ 10")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--workspaces", type=int, default=20_000)
    parser.add_argument("--page", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    report("users", pages(user, options.users, options.page), options.rounds)
    report("workspaces", pages(workspace, options.workspaces, options.page), options.rounds)


if __name__ == "__main__":
    main()
