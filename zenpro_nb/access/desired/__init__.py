"""The desired state of an organization: read from files and DataFrames, and exported from the current state."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
