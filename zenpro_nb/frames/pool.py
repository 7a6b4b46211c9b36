"""The memory pool of the Arrow arrays that pages are read into."""

from __future__ import annotations

import pyarrow as pa

# The C library's own allocator, only for these arrays. Arrow's default one keeps some megabytes for each thread that
# created an array, even after the thread has ended: for 100,000 users read by 32 threads, the peak fell from 109 MB to
# 52 MB.
POOL = pa.system_memory_pool()
