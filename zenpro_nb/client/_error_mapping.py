"""Turns a refusal into a typed error with a next step, without secrets, and decides the outcome of a write.

| response to a write                                             | outcome | raised                     |
|-----------------------------------------------------------------|---------|----------------------------|
| 4xx from the API itself                                         | refused | the class of the status    |
| 500, 501 and others from the API itself                         | unknown | ServerError                |
| 3xx, 408, 413, 425, 499, 502-504, 520-524 from anywhere         | unknown | OutcomeUnknownError        |
| any other response that does not come from the API itself       | unknown | OutcomeUnknownError        |

A 404 or 409 from a gateway proves nothing about the object: the gateway could have forwarded the write.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from zenpro_nb.client._reply import WEB_PAGE_HINT, Refusal, Reply, displayable, is_web_page, read_refusal
from zenpro_nb.client._request import Call
from zenpro_nb.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    DeviceTokenError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    PlanLimitError,
    RateLimitedError,
    RouteNotFoundError,
    ServerError,
    SwitchedOffError,
    UnexpectedAnswerError,
)
from zenpro_nb.security.printable import without_user

HOW_TO_RENEW = (
    "Create a new one in the UI (organization settings → API Tokens) and set ZENML_PRO_API_TOKEN, "
    "or use an API key (ZENML_PRO_API_KEY), which is refreshed automatically."
)

_CLASSES: dict[int, type[ApiError]] = {
    401: AuthenticationError,
    402: PlanLimitError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitedError,
    # API facts 11.16.
    501: SwitchedOffError,
}

_HINTS: dict[type[ApiError], str] = {
    BadRequestError: "Check the values you passed.",
    AuthenticationError: "Check the key or token: it could be wrong, expired, deactivated, or for another server. "
    f"{AuthenticationError.another} `doctor` shows where this one comes from.",
    DeviceTokenError: "This route rejects tokens from a browser login: use an API key or an API token. " + HOW_TO_RENEW,
    PlanLimitError: "The organization's subscription does not allow more; see its billing page.",
    PermissionDeniedError: "Ask an administrator of the organization for a role that allows it.",
    NotFoundError: "Check the name or id. Objects that you cannot see get the same response.",
    RouteNotFoundError: "The server could be older, or its URL incomplete: self-hosted control planes end in /api/v1.",
    ConflictError: "Use the existing one, or choose another name.",
    RateLimitedError: "Wait a minute, then read with fewer workers.",
    SwitchedOffError: "This feature is switched off on this server; its administrators can switch it on.",
    ServerError: "Try again later. The operators of the server can find the request by its id.",
}

# Workspace routes respond with 405 if a feature is off (API facts 12.7). Routes of the control plane do not
# have this prefix.
_WORKSPACE_ROUTE = "/api/v1/"
# A workspace responds with 403 for more reasons than missing permissions (API facts 12.8).
_NOT_ABOUT_PERMISSIONS = (
    (re.compile(r"\bcannot stop a run\b", re.IGNORECASE), "The run has ended; `runs get RUN` shows its status."),
    (
        re.compile(r"\blocal artifact store\b", re.IGNORECASE),
        "The files are on the machine that ran the pipeline: read them there, or use a remote artifact store.",
    ),
    (
        re.compile(r"\bservice accounts and API keys are deprecated\b", re.IGNORECASE),
        "Use an account of the organization: `service-accounts create NAME`, then `api-keys create`.",
    ),
)
_PERMISSIONS = re.compile(r"permi(t|ssion)|allowed|forbidden|denied|role|member|not authori", re.IGNORECASE)
_OTHER_REASON_HINT = (
    "The server's reason is in the message; another role helps only if the message mentions permissions."
)
_DEVICE_TOKEN_REFUSED = re.compile(r"token type.*device_code.*not allowed", re.IGNORECASE | re.DOTALL)
_SAME_WORDS = re.compile(r"authentication error: (?=\S)", re.IGNORECASE)  # the name of the class
# Statuses that a gateway creates, or that mean "interrupted" rather than "refused".
_AMBIGUOUS_STATUSES = frozenset({408, 413, 425, 499, 502, 503, 504, *range(520, 525)})
_CHECK_HINT = "Check whether it happened before you send it again."


def refusal_error(call: Call, reply: Reply) -> ApiError | OutcomeUnknownError | UnexpectedAnswerError:
    """Return the typed error for a reply whose status is 300 or more.

    Example:
        A 404 with {"detail": "Not Found"} gives RouteNotFoundError. Any other 404 from the API gives NotFoundError.
    """
    if reply.status < 400:
        return _redirect(call, reply)
    refusal = read_refusal(call, reply)
    if not call.safe and (reply.status in _AMBIGUOUS_STATUSES or not refusal.from_api):
        source = "the server" if refusal.from_api else "a gateway"
        return lost_response_error(call, f"{source} responded with {_status_and_text(reply, refusal)}", reply, refusal)
    return _api_error(call, reply, refusal)


def lost_response_error(
    call: Call, reason: str, reply: Reply | None = None, refusal: Refusal | None = None
) -> OutcomeUnknownError:
    """Return the error for a write with an unknown outcome."""
    refusal = refusal or Refusal()
    is_foreign_page = reply is not None and reply.status < 500 and is_web_page(reply.content)
    return OutcomeUnknownError(
        f"{call} was sent, but its response was lost: {reason}",
        hint=f"{_CHECK_HINT} {WEB_PAGE_HINT}" if is_foreign_page else _CHECK_HINT,
        method=call.method,
        path=call.path,
        status=0 if reply is None else reply.status,
        detail=displayable(refusal.text),
        request_id=None if reply is None else reply.request_id,
        from_api=refusal.from_api,
    )


def _redirect(call: Call, reply: Reply) -> OutcomeUnknownError | UnexpectedAnswerError:
    target = _redirect_target(reply.headers.get("Location", ""))
    hint = f"Use the URL that it points to: {target}" if target else "Check that the URL points to the API."
    problem = f"redirected (HTTP {reply.status}); redirects are not followed with a credential"
    if not call.safe:
        error = lost_response_error(call, f"it was {problem}", reply)
        error.hint = f"{_CHECK_HINT} {hint}"
        return error
    return UnexpectedAnswerError(f"{call} is {problem}.", hint=hint)


def _redirect_target(location: str) -> str:
    """Return the target of a redirect without its query and user, which could contain the credential."""
    return displayable(without_user(re.split(r"[?#;]", location, maxsplit=1)[0]))


def _status_and_text(reply: Reply, refusal: Refusal) -> str:
    text = displayable(refusal.text)
    return f"{reply.status}: {text.rstrip('.')}" if text else str(reply.status)


def _api_error(call: Call, reply: Reply, refusal: Refusal) -> ApiError:
    error_class = _error_class(call, reply, refusal)
    detail = displayable(refusal.text)
    fields = {displayable(name): displayable(text) for name, text in refusal.fields.items()}
    message = "; ".join(f"{name}: {text}" for name, text in fields.items()) or detail or _phrase(reply.status)
    if error_class is AuthenticationError:
        message = _SAME_WORDS.sub("", message)
    error = error_class(
        f"{message.rstrip('.')} ({call}, HTTP {reply.status})",
        hint=_hint(call, error_class, reply, refusal),
        status=reply.status,
        detail=detail,
        request_id=reply.request_id,
        fields=fields,
        greatest=refusal.greatest,
        code=displayable(refusal.code),
        from_api=refusal.from_api,
    )
    if reply.status == 405 and refusal.from_api:
        error.outcome = "refused"  # the route does not support this method, so nothing was changed
    return error


def _error_class(call: Call, reply: Reply, refusal: Refusal) -> type[ApiError]:
    if reply.status == 404 and refusal.no_route:
        return RouteNotFoundError
    if reply.status == 401 and _DEVICE_TOKEN_REFUSED.search(refusal.text):
        return DeviceTokenError
    if reply.status == 405 and call.path.startswith(_WORKSPACE_ROUTE):
        return SwitchedOffError
    return _CLASSES.get(reply.status, ServerError if reply.status >= 500 else BadRequestError)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "The server refused"


def _hint(call: Call, error_class: type[ApiError], reply: Reply, refusal: Refusal) -> str:
    if reply.status < 500 and is_web_page(reply.content):
        return WEB_PAGE_HINT
    if error_class is RateLimitedError and call.writes:
        return "Wait a minute, then run the command again."
    if error_class is PermissionDeniedError and refusal.text:
        for pattern, hint in _NOT_ABOUT_PERMISSIONS:
            if pattern.search(refusal.text):
                return hint
        if not _PERMISSIONS.search(refusal.text):
            return _OTHER_REASON_HINT
    if error_class is ServerError and reply.request_id:
        return f"{_HINTS[error_class].rstrip('.')} {reply.request_id}."
    return _HINTS[error_class]
