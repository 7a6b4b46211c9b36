"""Resources with columns of every type, and records for them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd

from zenpro_nb.frames import Decoder, assemble
from zenpro_nb.resources.model import Column, DataType, Paging, Resource

CANARY = "canary-5f1d"

COLUMNS = (
    Column("id", DataType.ID),
    Column("name"),
    Column("created", DataType.TIME),
    Column("status", DataType.CATEGORY),
    Column("active", DataType.BOOL),
    Column("logins", DataType.COUNT),
    Column("share", DataType.FLOAT),
    Column("tags", DataType.LIST),
    Column("role_ids", DataType.LIST, "roles[].role_id"),
    Column("extra", DataType.JSON),
    Column("organization", path="organization.name"),
    Column("url", path="service.status.url"),
    Column("size", DataType.COUNT, "service.status.size"),
)

DTYPES = {
    "id": "str",
    "name": "str",
    "created": "datetime64[us, UTC]",
    "status": "category",
    "active": "boolean",
    "logins": "Int64",
    "share": "float64",
    "tags": "object",
    "role_ids": "object",
    "extra": "object",
    "organization": "str",
    "url": "str",
    "size": "Int64",
}


def resource(**changes: Any) -> Resource:
    """A resource with a column of every type."""
    fields: dict[str, Any] = {
        "noun": "things",
        "path": "/things",
        "paging": Paging.OFFSET,
        "columns": COLUMNS,
        "help": "things",
        "secrets": ("service.status.pin", "private"),
    }
    return Resource(**{**fields, **changes})


THINGS = resource()

FULL: dict[str, Any] = {
    "id": "a1",
    "name": "Ünïcode 名前 🦊",
    "created": "2025-07-19T14:26:05.721Z",
    "status": "available",
    "active": True,
    "logins": 7,
    "share": 0.5,
    "tags": ["x", "y"],
    "roles": [{"role_id": "r1", "level": "organization"}, {"role_id": "r2"}],
    "extra": {"a": [1, {"password": CANARY}]},
    "organization": {"id": "o1", "name": "acme"},
    "service": {"status": {"url": "https://x", "size": 3, "pin": CANARY}},
    "password": CANARY,
    "private": CANARY,
}


def body(records: Any) -> bytes:
    """The records as the server sends them."""
    return json.dumps(records).encode()


def read(kind: Resource, *pages: Any, columns: list[str] | None = None, raw: bool = False) -> pd.DataFrame:
    """The frame of these pages' records."""
    decode = Decoder(kind, columns, raw=raw)
    return assemble(kind, [(decode(body(page)), None) for page in pages], columns, raw=raw)


def dtypes(df: pd.DataFrame) -> dict[str, str]:
    """The dtypes by name; text has the name of pandas 3, whatever the installed version."""
    return {str(name): "str" if isinstance(dtype, pd.StringDtype) else str(dtype) for name, dtype in df.dtypes.items()}


def everything(df: pd.DataFrame) -> str:
    """Everything that the frame would show or reveal."""
    parts: Iterable[str] = (df.to_csv(), df.to_html(), repr(df.to_dict("list")), repr(df.attrs), repr(list(df.columns)))
    return "\n".join(parts)
