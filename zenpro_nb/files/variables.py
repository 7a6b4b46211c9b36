"""Names of environment variables that rooms far apart must spell alike."""

from __future__ import annotations

PRELOAD = "ZENPRO_WARM_UP"  # `1`: import what the first command needs while the user still reads
