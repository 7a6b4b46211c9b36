"""Display of the DataFrames of zenpro as HTML and as text. Their data does not change."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
