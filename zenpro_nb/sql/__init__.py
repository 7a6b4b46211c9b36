"""SQL over tables in memory, with DuckDB: what a query names, what it gives, and what is wrong with it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
