"""The log: records contain no secrets and are always one line, whatever a server put into them."""

from __future__ import annotations

import logging

from zenpro_nb.security import printable


class RedactingFilter(logging.Filter):
    """Makes every record of its logger safe to print."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Make the record's text printable, and keep the record."""
        record.msg = printable.line(record.getMessage())
        record.args = None
        return True


LOGGER = logging.getLogger("zenpro_nb")
LOGGER.addFilter(RedactingFilter())
