"""A review as a form: its state, its widgets, and its questions in a terminal. Each is imported when needed."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
