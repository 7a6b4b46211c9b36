"""Bytes and records to typed DataFrames, and DataFrames to files and other libraries.

Importing this package imports pandas, pyarrow and msgspec, so import it where a frame is made.
"""

from __future__ import annotations

from zenpro_nb.frames.attrs import describe
from zenpro_nb.frames.build import assemble, empty, from_records, from_unknown
from zenpro_nb.frames.columns import check_columns, choose_columns, sort
from zenpro_nb.frames.decoder import Decoder
from zenpro_nb.frames.files import save
from zenpro_nb.frames.formats import convert
from zenpro_nb.frames.kinds import dtype_of
from zenpro_nb.frames.origin import label_rows
from zenpro_nb.frames.page import Page

__all__ = [
    "Decoder",
    "Page",
    "assemble",
    "check_columns",
    "choose_columns",
    "convert",
    "describe",
    "dtype_of",
    "empty",
    "from_records",
    "from_unknown",
    "label_rows",
    "save",
    "sort",
]
