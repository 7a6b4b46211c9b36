"""Read from the workspaces' own servers: one workspace, or all workspaces of an organization at the same time."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
