"""The command of the sandbox, except that it hashes passwords in microseconds, and repeats responses.

The sandbox's own parameters take 40 ms for each account that a test creates, and again for each sign-in.
"""

from __future__ import annotations

from tests.support import repeated_reads
from zenpro_nb.sandbox import app, cli, limits

limits.SCRYPT_N = 2


def main() -> None:
    """Run the command."""
    app.Middleware = repeated_reads.middleware  # type: ignore[assignment,misc]
    cli.main()
