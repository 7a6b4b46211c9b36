"""The shell of the other tests; these tests need no server."""

from tests.shell.conftest import bare_shell

__all__ = ["bare_shell"]
