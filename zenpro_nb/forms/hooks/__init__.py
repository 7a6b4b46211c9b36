"""Hooks: what the forms of single commands add beyond the parameters of the command."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
