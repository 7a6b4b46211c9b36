"""The widgets of a form, built from stock ipywidgets. They are imported when the first form is drawn."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
