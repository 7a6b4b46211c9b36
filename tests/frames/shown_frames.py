"""A DataFrame as a command returns it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from zenpro_nb import frames
from zenpro_nb.resources import RESOURCES

KEY = "6c187095-1f12-4de4-98fb-cb7e41cf7eda"

RECORDS = [
    {
        "id": KEY,
        "name": "ml-prod",
        "display_name": "<b>ML</b> & \x1b[31mco",
        "status": "available",
        "created": "2026-11-25T08:14:59Z",
        "is_managed": True,
        "zenml_service": {"status": {"version": "0.98.0", "storage_size": 48_000_000_000}},
    },
    {"id": KEY[::-1].replace("-", ""), "name": "edge", "status": "failed", "is_managed": False},
]


def workspaces(copies: int = 1, **facts: Any) -> pd.DataFrame:
    """A frame as a command returns it."""
    frame = frames.from_records(RESOURCES["workspaces"], RECORDS * copies)
    told = {"server": "https://pro.example.com", "route": "/workspaces", "time": "2026-11-26T09:00:00+00:00"}
    frames.describe(frame, **(told | facts))
    return frame
