"""Types that several models share."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, WithJsonSchema

from zenpro_nb.sandbox import limits

Name = Annotated[str, StringConstraints(min_length=1, max_length=limits.NAME_MAX)]
Description = Annotated[str, StringConstraints(max_length=limits.DESCRIPTION_MAX)]
Url = Annotated[str, StringConstraints(max_length=limits.URL_MAX)]
ServerUrl = Annotated[str, StringConstraints(max_length=limits.URL_MAX, pattern=r"^https?://[^\s/?#]+[^\s?#]*$")]
Email = Annotated[
    str, StringConstraints(min_length=limits.EMAIL_MIN, max_length=limits.EMAIL_MAX, pattern=r"^[^@\s]+@[^@\s]+$")
]
# API facts 4.2: the user name.
Username = Annotated[str, StringConstraints(min_length=1, max_length=limits.NAME_MAX, pattern=r"^[a-zA-Z0-9_\-@.]+$")]
# API facts 8.6: lowercase letters, numbers and hyphens; the exact pattern is inferred there.
SLUG = r"^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$"
Slug = Annotated[str, StringConstraints(min_length=1, max_length=limits.NAME_MAX, pattern=SLUG)]


def _uuid(value: str) -> str:
    return str(UUID(value))


# Validated as a UUID, but kept as the text that the database and the responses contain.
Id = Annotated[str, AfterValidator(_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
Minutes = Annotated[int, Field(ge=1, le=limits.MINUTES_MAX)]
Json = dict[str, Any]


class Problem(BaseModel):
    """The body of an error (API facts 5.1): a string, or the exception's class and its message."""

    detail: str | list[Any]
