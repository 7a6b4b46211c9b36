"""A small HTTP client for the ZenML Pro control plane and for workspaces: sync, thread-safe, no pandas, no IPython.

httpx and httpcore are imported when the first client is created.

Start reading at `_client`. It sends single requests through `_request_pipeline`, which combines `_tokens`, `_throttle`,
`_retry`, `_transport` and `_error_mapping`. It reads lists through `_list_reader`, which uses `_offset_pass` for the
control plane and `_page_paging` for workspaces.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
