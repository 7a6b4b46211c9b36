"""Find, read and remember: from a name to the thing that is meant, from a resource to a described frame."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
