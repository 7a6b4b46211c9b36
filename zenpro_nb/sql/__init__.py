"""SQL over tables in memory, with DuckDB: parsing a query, running it, and explaining its errors."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
