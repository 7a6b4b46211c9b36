"""Who may do what, of one organization at one moment: computed from an inventory, without asking any server."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
