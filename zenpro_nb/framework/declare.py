"""The one entrance to the framework: everything that a command is declared with.

`from zenpro_nb.framework.declare import noun, Write, …` imports only the modules of the names that are used. The names
are in `declare.pyi`, next to the module that each comes from.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(f"{__package__}", __file__)
