"""Hooks: what the forms of single commands add to that which the parameters of their command say."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
