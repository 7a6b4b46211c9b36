"""The widgets of a form, made with stock ipywidgets, which are imported when the first form is drawn."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
