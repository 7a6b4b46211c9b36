"""Forms: a write command as fields to fill in, with the request and the line that it stands for.

`opening` chooses what a form is made of, `form` holds what is filled in, and `controller` makes a request of it and
sends it; none of them knows a widget. `widgets` draws a form, `prompts` asks the same questions in a terminal. What
they need is imported when a form is opened.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
