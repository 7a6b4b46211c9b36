"""Rows of a printed list: the values of the DataFrame, or the DataFrame itself if one is needed."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from zenpro_nb import frames, limits
from zenpro_nb.resources import RESOURCES

WORKSPACES = RESOURCES["workspaces"]
PLAIN: dict[str, Any] = {"id": "1", "name": "a", "created": "2026-01-31T08:00:00Z"}


def page(*records: dict[str, Any]) -> bytes:
    return json.dumps(records).encode()


def frame_of(*contents: bytes) -> pd.DataFrame:
    """The frame that a notebook gets."""
    decode = frames.Decoder(WORKSPACES)
    return frames.assemble(WORKSPACES, [(decode(content), None) for content in contents])


@pytest.mark.parametrize(
    "created",
    [
        "2026-01-31T08:00:00Z",
        "2026-01-31T08:00:00.123Z",
        "2026-01-31 08:00:00.123456",
        "2026-01-31T10:00:00+02:00",
        None,
    ],
)
def test_rows_have_the_values_of_the_frame(created: str | None) -> None:
    content = page({**PLAIN, "created": created, "name": 7, "status": True})
    rows = frames.rows_of_pages(WORKSPACES, [(frames.RowDecoder(WORKSPACES)(content), None)])
    assert isinstance(rows, frames.Rows)
    pd.testing.assert_frame_equal(rows.frame(), frame_of(content))
    assert frames.convert(rows.frame(), "records") == frames.convert(frame_of(content), "records")


@pytest.mark.parametrize(
    "created", ["2026-01-31", "20260131T080000Z", "0001-01-01T00:00:00Z", "soon", "2026-13-31T08:00:00Z"]
)
def test_a_time_that_only_arrow_can_read_makes_a_frame(created: str) -> None:
    content = page(PLAIN, {**PLAIN, "id": "2", "created": created})
    parts = [(frames.RowDecoder(WORKSPACES)(content), None)]
    assert frames.rows_of_pages(WORKSPACES, parts) is None
    pd.testing.assert_frame_equal(frames.assemble(WORKSPACES, parts), frame_of(content))


def test_after_many_rows_pages_are_decoded_for_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS_PRINTED_LEAN", 2)
    contents = [page({**PLAIN, "id": str(at)}, {**PLAIN, "id": f"{at}b"}) for at in range(3)]
    decode = frames.RowDecoder(WORKSPACES)
    parts = [(decode(content), None) for content in contents]
    assert [part.rows is not None for part, _ in parts] == [True, False, False]
    assert frames.rows_of_pages(WORKSPACES, parts) is None
    pd.testing.assert_frame_equal(frames.assemble(WORKSPACES, parts), frame_of(*contents))
    merged = decode.merge(parts[1:])
    assert merged is not None
    pd.testing.assert_frame_equal(frames.assemble(WORKSPACES, [parts[0], (merged, None)]), frame_of(*contents))
