"""One error about several names of different kinds."""

from __future__ import annotations

from collections.abc import Sequence

from zenpro_nb.errors.commands import UnknownNameError


def joined(errors: Sequence[UnknownNameError]) -> UnknownNameError:
    """Return the only error, or one with the sentences of all.

    >>> role = UnknownNameError("There is no role 'Admn'")
    >>> team = UnknownNameError("There is no team 'ops'", hint="See x")
    >>> str(joined([role, team])), joined([role]) is role
    ("There is no role 'Admn'. There is no team 'ops'. See x", True)
    """
    if len(errors) == 1:
        return errors[0]
    error = UnknownNameError(
        ". ".join(error.message.rstrip(".") for error in errors),
        hint=" ".join(dict.fromkeys(error.hint for error in errors if error.hint)),
        names=[name for error in errors for name in error.names],
    )
    error.parts = [part for single in errors for part in single.parts or [single]]
    return error
