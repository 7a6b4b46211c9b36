"""The command of the sandbox, except that it hashes passwords in microseconds.

The sandbox's own parameters take 40 ms for each account that a test creates, and again for each sign-in.
"""

from __future__ import annotations

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.cli import main as main

limits.SCRYPT_N = 2
