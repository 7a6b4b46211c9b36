"""The table of a workspace's lists (API facts 9.4)."""

from __future__ import annotations

from zenpro_nb.sandbox.workspace_api.listings.listing import Listing
from zenpro_nb.sandbox.workspace_api.listings.making import MAKING
from zenpro_nb.sandbox.workspace_api.listings.running import RUNNING
from zenpro_nb.sandbox.workspace_api.listings.shared import API_KEYS, SHARED

LISTINGS = (*RUNNING, *MAKING, *SHARED)

__all__ = ["API_KEYS", "LISTINGS", "Listing"]
