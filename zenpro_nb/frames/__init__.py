"""Bytes and records to typed DataFrames, and DataFrames to files and other libraries.

pandas, pyarrow and msgspec are imported when the first frame is built, not earlier.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
