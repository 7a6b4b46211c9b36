"""Notebook files for sharing: checking them for content that should not be shared, and writing cleaned copies."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
