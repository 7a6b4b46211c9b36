"""The log: without secrets, and a record is one line whatever a server has put into it."""

from __future__ import annotations

import logging

from zenpro_nb.security import printable


class RedactingFilter(logging.Filter):
    """Makes each record of the logger that it is added to safe to print."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Make the record's text printable, and let the record through."""
        record.msg = printable.line(record.getMessage())
        record.args = None
        return True


LOGGER = logging.getLogger("zenpro_nb")
LOGGER.addFilter(RedactingFilter())
