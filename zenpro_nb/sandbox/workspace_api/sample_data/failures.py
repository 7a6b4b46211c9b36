"""The causes of failed sample steps: typical ones for their names, and one night of a warehouse outage."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.items.causes import Cause

WAREHOUSE = Cause("ConnectionError", "the warehouse did not answer within 30 s", 48)
# By the first word of a step's name.
_CAUSES = {
    "extract": (WAREHOUSE, Cause("PermissionError", "Access Denied: s3://acme-raw/exports", 31)),
    "load": (WAREHOUSE, Cause("TimeoutError", "query cancelled after 600 s by the statement timeout", 57)),
    "validate": (
        Cause("ValueError", "column 'amount' has 4,211 missing values, at most 100 are allowed", 72),
        Cause("KeyError", "'customer_segment'", 66),
    ),
    "build": (Cause("MemoryError", "Unable to allocate 18.6 GiB for an array with shape (49873, 50000)", 95),),
    "compute": (Cause("ZeroDivisionError", "division by zero", 88),),
    "train": (
        Cause("RuntimeError", "CUDA out of memory. Tried to allocate 2.50 GiB", 121),
        Cause("RuntimeError", "the spot node was reclaimed while the step ran", 118),
    ),
    "evaluate": (Cause("AssertionError", "recall 0.61 is below the threshold of 0.70", 140),),
    "promote": (Cause("PermissionError", "only the owner of the model may promote it", 152),),
    "publish": (Cause("ConnectionError", "503 Service Unavailable from https://features.acme.example", 170),),
    "score": (Cause("ValueError", "X has 41 features, but the model expects 42", 104),),
    "send": (Cause("ConnectionRefusedError", "smtp.acme.example:587 refused the connection", 181),),
}
_READING = ("extract", "load")


class Outage(Struct, frozen=True):
    """A period in which the warehouse was unavailable."""

    begins: datetime
    ends: datetime

    @classmethod
    def before(cls, today: datetime, days: int) -> Outage:
        """Return the outage in the early morning of this many days ago."""
        night = today - timedelta(days=days)
        return cls(night, night + limits.OUTAGE_TIME)

    def hits(self, step: str, moment: datetime) -> bool:
        """Return whether a step that starts at this time fails because of the outage."""
        return self.begins <= moment < self.ends and step.partition("_")[0] in _READING


def cause_of(step: str, random: Random) -> Cause:
    """Return a plausible cause for a failure of this step."""
    return random.choice(_CAUSES[step.partition("_")[0]])
