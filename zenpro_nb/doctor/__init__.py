"""Check everything that must work: the network, the credential, this machine, and the server's API."""

from __future__ import annotations

from zenpro_nb.doctor.model import FAILED, OK, SKIPPED, WARNING, Check
from zenpro_nb.doctor.run import examine

__all__ = ["FAILED", "OK", "SKIPPED", "WARNING", "Check", "examine"]
