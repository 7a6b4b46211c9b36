"""A small HTTP client for the ZenML Pro control plane and for workspaces: sync, thread-safe, no pandas, no IPython.

httpx and httpcore are imported when the first client is created.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
