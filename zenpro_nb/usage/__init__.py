"""What people did: runs per person, project and day, joined with what their roles allow."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
