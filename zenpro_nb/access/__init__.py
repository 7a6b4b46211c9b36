"""Access in one organization at one point in time, computed from an inventory without any server request."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
