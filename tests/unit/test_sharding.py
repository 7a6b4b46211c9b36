"""`--shard`: every group of tests is in exactly one part, the same on every machine."""

from __future__ import annotations

import random

import pytest

from tests.support import sharding

SIZES = {f"tests/{number}.py": number % 17 + 1 for number in range(100)}


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_each_group_is_in_one_shard_and_the_shards_are_alike(count: int) -> None:
    shards = sharding.shards_of(SIZES, count)
    tests = [sum(size for group, size in SIZES.items() if shards[group] == number + 1) for number in range(count)]
    assert set(shards) == set(SIZES)
    assert sum(tests) == sum(SIZES.values())
    assert max(tests) - min(tests) <= 17


def test_the_order_of_collection_does_not_matter() -> None:
    shuffled = list(SIZES.items())
    random.Random(1).shuffle(shuffled)
    assert sharding.shards_of(dict(shuffled), 3) == sharding.shards_of(SIZES, 3)
