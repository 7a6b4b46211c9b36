"""Names of environment variables that are used in several distant packages."""

from __future__ import annotations

PRELOAD = "ZENPRO_WARM_UP"  # `1`: import the modules of the first command while the user is still reading
SANDBOX = "ZENPRO_SANDBOX"  # `1`: without a credential, start a sandbox even in a session that is not interactive
