"""Errors for the responses with which the API refuses a request."""

from __future__ import annotations

from zenpro_nb.errors.base import WriteOutcome, ZenProError


class ApiError(ZenProError):
    """The server refused the request.

    What to do: read the server's message; its administrators can search their logs for `request_id`.

    Args:
        message: what happened, in one sentence.
        hint: the next step.
        status: the HTTP status.
        detail: the server's own message, without secrets.
        request_id: the id under which the server logged the request, if it sent one.
        fields: for a 422, the server's message for each parameter.
        greatest: for a 422, the greatest allowed value for each parameter.
        code: the server's name for the error: its exception class (`EntityExistsError`) or OAuth error (`slow_down`).
        from_api: whether the API itself refused the request; False if a gateway or a proxy did.
    """

    outcome: WriteOutcome = "refused"

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        status: int = 0,
        detail: str = "",
        request_id: str | None = None,
        fields: dict[str, str] | None = None,
        greatest: dict[str, int] | None = None,
        code: str = "",
        from_api: bool = True,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.detail = detail
        self.request_id = request_id
        self.fields = fields or {}
        self.greatest = greatest or {}
        self.code = code
        self.from_api = from_api


class BadRequestError(ApiError):
    """The server found the request invalid (400, 413, 414, 422; 405 from a control plane).

    What to do: correct the value that the message names.
    """


class AuthenticationError(ApiError):
    """The server did not accept the credential (401).

    What to do: sign in again, or replace the key: `%zenpro login`; `%zenpro doctor` shows whose it is.
    """

    # The client does not know the source of the credential: a front end replaces this sentence with what works there.
    another = "Use another one."


class TokenExpiredError(AuthenticationError):
    """The token has expired and cannot be refreshed automatically.

    What to do: copy a new token from the dashboard, or use an API key, for which session tokens are refreshed
    automatically.
    """


class DeviceTokenError(AuthenticationError):
    """This route does not accept tokens from a device login.

    What to do: use an API key or a token from the dashboard instead: `%zenpro login`.
    """


class PlanLimitError(ApiError):
    """The organization's subscription does not allow the request (402).

    What to do: delete an object that counts towards the limit, or upgrade the organization's subscription.
    """


class PermissionDeniedError(ApiError):
    """The server does not allow this (403), either for this account or for anyone in the current state.

    What to do: read the server's reason in the message. If it is about permissions, `%zenpro access --can ACTION:TYPE`
    shows who has them.
    """


class NotFoundError(ApiError):
    """The object does not exist, or the credential's owner cannot see it (404).

    What to do: list the existing objects; a missing one may be in another organization, or hidden from this credential.
    """


class RouteNotFoundError(NotFoundError):
    """The server does not have this route.

    What to do: run `%zenpro doctor` to compare the server with this version; an older server lacks newer routes.
    """


class ConflictError(ApiError):
    """The object already exists (409).

    What to do: look at the existing object; it may be the one you want.
    """


class RateLimitedError(ApiError):
    """The server received too many requests, and waiting did not help (429).

    What to do: wait, or send fewer concurrent requests: `ZENPRO_WORKERS=4`.
    """


class ServerError(ApiError):
    """The server failed (5xx), before or after it carried out the request.

    What to do: repeat a read later; after a write, check the object first.
    """

    outcome: WriteOutcome = "unknown"


class SwitchedOffError(ServerError):
    """The feature is switched off on this server (501, or 405 from a workspace); trying again does not help.

    What to do: ask the server's administrators whether they can switch it on.
    """
