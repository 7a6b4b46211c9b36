"""The workspaces' own servers: their projects and lists, one workspace or all of an organization at once."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
