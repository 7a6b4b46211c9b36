"""Forms: a write command as fields, with the request and the equivalent command.

`opening` chooses the kind of form, `labels` contains the words of the fields, `form` contains the values, and
`controller` prepares and sends the request. None of them depends on widgets. `widgets` draws a form, and `prompts` asks
the same questions in a terminal. Their dependencies are imported when a form is opened.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
