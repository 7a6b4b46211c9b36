"""The command line: words become values and calls. The modules for refused lines are loaded when a line is refused."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
