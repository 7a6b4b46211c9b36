"""Find, read and remember: resolve names to objects, and read resources into described DataFrames."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
