"""Where the rows of a frame come from, in a column of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from zenpro_nb.frames.kinds import TEXT


def label_rows(
    frame: pd.DataFrame, column: str, names: Sequence[str | None], sizes: Sequence[int], *, insert_at: int | None = None
) -> None:
    """Write the names, each as often as its size says, into a column of a frame as categories.

    Args:
        frame: its rows are those of the names, one after the other.
        insert_at: the position at which the column is made, should the frame have none; None: it is not made.

    >>> frame = pd.DataFrame({"workspace": [None] * 3})
    >>> label_rows(frame, "workspace", ["dev", "prod"], [1, 2])
    >>> list(frame["workspace"])
    ['dev', 'prod', 'prod']
    """
    words = sorted({name for name in names if name is not None})
    codes = [-1 if name is None else words.index(name) for name in names]
    values = pd.Categorical.from_codes(
        np.repeat(np.array(codes, dtype=np.int32), sizes), categories=pd.Index(words, dtype=TEXT)
    )
    if column in frame.columns:
        frame[column] = values
    elif insert_at is not None:
        frame.insert(insert_at, column, pd.Series(values, index=frame.index))
