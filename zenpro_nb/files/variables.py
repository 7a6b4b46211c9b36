"""Names of environment variables that rooms far apart must spell alike."""

from __future__ import annotations

PRELOAD = "ZENPRO_WARM_UP"  # `1`: import what the first command needs while the user still reads
SANDBOX = "ZENPRO_SANDBOX"  # `1`: where there is no credential, a notebook may start a sandbox although nobody watches
