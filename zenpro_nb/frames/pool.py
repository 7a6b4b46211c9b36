"""Where the Arrow arrays live that pages are read into."""

from __future__ import annotations

import pyarrow as pa

# The C library's own allocator, for our arrays alone. Arrow's usual one keeps some megabytes for each thread that made
# an array in it, also when that has ended: measured for 100,000 users read by 32 threads, 109 MB of peak became 52.
POOL = pa.system_memory_pool()
