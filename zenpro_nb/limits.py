"""Every number of the client and the faces, each with its reason."""

from __future__ import annotations

# --- HTTP ---------------------------------------------------------------------------------------------------------
CONNECT_TIMEOUT = 5.0  # seconds; a reachable server accepts within one, the rest is patience for a slow VPN
READ_TIMEOUT = 30.0  # seconds; ZenML's own clients wait 30 s
FORM_READ_TIMEOUT = 10.0  # seconds; Ctrl-C does not reach widget callbacks, so they must give up by themselves
KEEPALIVE_EXPIRY = 60.0  # seconds; httpx's 5 s is shorter than the pause between two cells
MAX_CONNECTIONS = 40  # the most workers, and some room for a form beside them

# --- reading lists ------------------------------------------------------------------------------------------------
PAGE_SIZE = 100  # the control plane's maximum (fact sheet, section 6)
DEFAULT_WORKERS = 8  # kind to a server whose rate limits are unpublished; four fifths of the gain at 20 ms latency
MAX_WORKERS = 32  # beyond this the server is the limit, not the wire
LIST_PASSES = 3  # how often a list that changes while it is read is read again before it is taken as it is

# --- retries ------------------------------------------------------------------------------------------------------
RETRY_ATTEMPTS = 5  # the first try and four more; ZenML's own server-to-server client allows ten
RETRY_BASE = 0.5  # seconds before the second try, doubling; ZenML's own clients start at 0.5
RETRY_CAP = 20.0  # seconds; the longest that one pause grows by itself
RETRY_AFTER_CAP = 120.0  # seconds; a server that asks for more is reported instead of waited for
RATE_LIMIT_ATTEMPTS = 12  # a 429 says only "later", so it is tried more often than a failure

# --- credentials --------------------------------------------------------------------------------------------------
TOKEN_LEEWAY_SHORT = 30.0  # seconds; for tokens of less than an hour (zenml's own rule, fact sheet 2.5)
TOKEN_LEEWAY_DIVISOR = 20  # 5 % of the life of longer ones (same rule)
TOKEN_SHORT_LIFE = 3600.0  # seconds; the border between the two
TOKEN_WARNING = 300.0  # seconds; a token that cannot be renewed is announced this long before its end

# --- faces --------------------------------------------------------------------------------------------------------
PROGRESS_AFTER = 1.0  # seconds; what is faster needs no bar
NAME_MEMORY = 300.0  # seconds that a fetched name may be used for look-ups without asking again
COMPLETIONS = 50  # more candidates than this help nobody choose
