"""The client for one server: one credential, any number of threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Literal, NoReturn, Self, TypeVar, overload

from zenpro_nb import limits
from zenpro_nb.client import _cancellation, _urls
from zenpro_nb.client._cancellation import SYSTEM, Clock
from zenpro_nb.client._credentials import Credential
from zenpro_nb.client._fork import renew_in_child
from zenpro_nb.client._list_reader import ListReader
from zenpro_nb.client._listing import Listing, Merge, P, Sink, WithTotal
from zenpro_nb.client._network import Network
from zenpro_nb.client._reply import Reply
from zenpro_nb.client._request import USER_AGENT, Call, ListRequest
from zenpro_nb.client._request_pipeline import RequestPipeline, TenantFallback
from zenpro_nb.client._throttle import Throttle
from zenpro_nb.client._tokens import TokenLife, Tokens
from zenpro_nb.client._transport import Transport
from zenpro_nb.client._urls import Params
from zenpro_nb.client._worker_pool import run_concurrently, side_by_side
from zenpro_nb.errors import CredentialError
from zenpro_nb.security.printable import without_user
from zenpro_nb.security.secret import Secret

T = TypeVar("T")


class Client:
    """Sends requests to one control plane or workspace. Every method can be called from any thread.

    Args:
        url: the URL of the server. A self-hosted control plane includes `/api/v1`; it is never added automatically.
        credential: the credential to sign in with, or None for routes that work without one.
        workers: the maximum number of concurrent requests. The actual number adapts to the server's response times.
        clock: the source of time, waiting, and random numbers.
        read_timeout: the number of seconds the server can be silent.
        notify: called once with a message when a token that cannot be renewed is about to expire.
        transport: an `httpx.BaseTransport` that replaces the network.
        user_agent: the User-Agent header.
        gate: called before each request that could change something; raises if writes are not allowed. Logins pass.

    Raises:
        UsageError: the URL is not the URL of an API.
        CredentialError: the credential would travel over plain http to another machine.

    Example:
        >>> from zenpro_nb.client import ApiKey
        >>> with Client(url, ApiKey(key)) as client:
        ...     client.get("/users/me")["email"]
        'ada@example.com'
    """

    def __init__(
        self,
        url: str,
        credential: Credential | None,
        *,
        workers: int = limits.MAX_WORKERS,
        clock: Clock = SYSTEM,
        read_timeout: float = limits.READ_TIMEOUT,
        notify: Callable[[str], None] | None = None,
        transport: object | None = None,
        user_agent: str = USER_AGENT,
        gate: Callable[[], None] | None = None,
        observe: Callable[[bytes], object] | None = None,
    ) -> None:
        self._gate = gate
        self._observe = observe
        # Set first: a traceback with local variables calls the repr of this partly initialized client.
        self.url, self.credential = without_user(url), credential
        self.url = _urls.normalize(url)
        if credential is not None:
            _urls.check_bearer(self.url)
        self.workers = max(1, min(workers, limits.MAX_WORKERS))
        self._tokens = None if credential is None else Tokens(credential, clock, notify)
        self._throttle = Throttle(clock, self.workers)
        self._pipeline = RequestPipeline(self.url, self._tokens, self._throttle, clock)
        network = Network(self.url) if transport is None else None
        # Two sets of connections: cutting the reads of stopped work never loses the response to a write.
        self._read_transport, self._write_transport = (
            Transport(self.url, read_timeout, clock=clock, network=network, injected=transport, user_agent=user_agent)
            for _ in range(2)
        )
        self._tenant_fallback = TenantFallback()
        self._lists = ListReader(self._perform, self.workers, self._throttle)
        renew_in_child(self)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params = None,
        json: object = None,
        form: Mapping[str, str | Secret] | None = None,
        once: bool = False,
    ) -> Reply:
        """Send one request and return the reply, whose status is below 300.

        Reads are retried if a retry can help. A write is retried only if it never reached the server, or if the API
        itself deferred it (429 or 503 with Retry-After); the reply or the error then has `resent` set. The `outcome` of
        every error states what happened to a write: not sent, refused, or unknown.

        Args:
            method: GET, POST, PATCH, PUT or DELETE.
            path: the path below the server's URL, such as `/users/me`. Pass names through `segment`.
            params: the query. None is left out, booleans become `true` or `false`, a sequence is repeated.
            json: the body. It, `params` and `form` can contain `Secret` values, which only the server sees.
            form: a form as the body.
            once: never send it twice, whatever Retry-After says. Use it for keys that are shown only once.

        Raises:
            ReadOnlyError: the request is a write and the session is read-only; nothing was sent.
            ApiError: the server refused. Each status has its class; `from_api` is true if the API itself responded.
            OutcomeUnknownError: a write was sent, but its response was lost or came from a gateway. It is not retried.
            ConnectionFailedError: the server was not reached, or (TimedOutError) a read got no response in time.
            UnexpectedAnswerError: the response does not come from this API.
        """
        call = Call.of(method, path, params, json, form, once)
        if self._gate is not None and call.writes:
            self._gate()
        self._warn_before_expiry()
        return self._perform(call)

    def get(self, path: str, /, **params: object) -> object:
        """Return the JSON at `path`. Raises the same errors as `request`.

        Example:
            >>> client.get("/users", email="ada@example.com")[0]["name"]
            'Ada Lovelace'
        """
        return self.request("GET", path, params=params).json()

    def read_list(
        self,
        path: str,
        *,
        params: Params = None,
        limit: int | None = None,
        decode: Callable[[bytes], P],
        progress: Callable[[int], None] | None = None,
        urgent: bool = False,
        merge: Merge[P] | None = None,
        sink: Sink[P] | None = None,
    ) -> Listing[P]:
        """Read a list that is paged by `offset` and `limit` (API facts 6.1), several pages at a time.

        No row is lost or duplicated, whatever page size the server allows, even if rows move during the read.

        Args:
            path: the route of the list.
            params: the filters.
            limit: the maximum number of rows; no more are requested.
            decode: turns a response body into a page; called in the worker threads.
            progress: called in this thread with the number of rows read.
            urgent: other requests wait for this list; prefer one more request over one more round trip.
            merge: merges many parts into one page to use less memory while reading a long list.
            sink: receives the rows while they are read, in this thread and in the order of the list; the listing then
                contains none. If rows moved, the sink starts again. Only a list that moved in every pass is held in
                memory at the end.

        Raises:
            InterruptedReadError: Ctrl-C was pressed; no thread keeps running. The rows in a sink are incomplete.
            ZenProError: any error of `request`, likewise.
        """
        self._warn_before_expiry()
        request = ListRequest(
            path=path,
            params=params,
            decode=decode,
            limit=limit,
            progress=progress,
            urgent=urgent,
            merge=merge,
            sink=sink,
        )
        return self._with_path(path, self._lists.read_by_offset(request))

    def read_once(self, path: str, *, params: Params = None, decode: Callable[[bytes], P]) -> Listing[P]:
        """Read an unpaged list in one request. Raises the same errors as `read_list`."""
        self._warn_before_expiry()
        return self._with_path(path, self._lists.read_unpaged(path, params, decode))

    def declare_page_sizes(self, largest: Mapping[str, int]) -> None:
        """Limit the page sizes of these routes. Variable parts of a route are in braces.

        Use it with the server's own API description, if it was read anyway. Without it, the client learns the sizes
        from refusals.
        """
        self._lists.declare_page_sizes(largest)

    def read_pages(
        self,
        path: str,
        *,
        params: Params = None,
        limit: int | None = None,
        size: int,
        decode: Callable[[bytes], WithTotal[P]],
        progress: Callable[[int], None] | None = None,
    ) -> Listing[P]:
        """Read a list that is paged by `page` and `size` and has a total, as in workspaces (API facts 6.3).

        Args:
            path, params, limit, progress: see `read_list`.
            size: the number of rows per page; use a small number for large rows.
            decode: turns a response body into a page with the total; called in the worker threads.

        Raises: the errors of `read_list`.
        """
        self._warn_before_expiry()
        request = ListRequest(
            path=path, params=params, decode=lambda content: decode(content).page, limit=limit, progress=progress
        )
        listing = self._lists.read_by_page(request, size, decode)
        listing.path = path
        return listing

    @overload
    def fan_out(
        self,
        calls: Sequence[Callable[[], T]],
        *,
        errors: Literal["raise"] = "raise",
        progress: Callable[[int], None] | None = None,
        max_workers: int = limits.MAX_WORKERS,
        then: Callable[[T], Sequence[Callable[[], T]]] | None = None,
    ) -> list[T]: ...

    @overload
    def fan_out(
        self,
        calls: Sequence[Callable[[], T]],
        *,
        errors: Literal["return"],
        progress: Callable[[int], None] | None = None,
        max_workers: int = limits.MAX_WORKERS,
        then: Callable[[T], Sequence[Callable[[], T]]] | None = None,
    ) -> list[T | Exception]: ...

    def fan_out(
        self,
        calls: Sequence[Callable[[], T]],
        *,
        errors: Literal["raise", "return"] = "raise",
        progress: Callable[[int], None] | None = None,
        max_workers: int = limits.MAX_WORKERS,
        then: Callable[[T], Sequence[Callable[[], T]]] | None = None,
    ) -> list[T] | list[T | Exception]:
        """Run independent calls concurrently and return their results in the order of the calls.

        The calls can use this client and others, and can read lists. Ctrl-C stops all of them.

        Args:
            calls: functions without arguments.
            errors: `raise` the first error and stop the other calls, or `return` each error in its place.
            progress: called in this thread with the number of finished calls.
            max_workers: the maximum number of concurrent calls.
            then: called in this thread with the result of each call that succeeded, as soon as it arrives; returns
                further calls, whose results come after those of the calls so far.

        Raises:
            InterruptedReadError: Ctrl-C was pressed. Writes in flight are not cut and can still take effect.
        """
        self._warn_before_expiry()
        workers = min(self.workers, max_workers)
        return run_concurrently(calls, workers, progress, return_errors=errors == "return", then=then)

    def side_by_side(self, calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
        """Run a few calls concurrently that read many lists each. If a call fails, its error is in its place.

        Unlike the calls of `fan_out`, they do not divide the workers: one can wait while another has much to read.

        Raises:
            InterruptedReadError: Ctrl-C was pressed.
        """
        self._warn_before_expiry()
        return side_by_side(calls)

    def bearer(self) -> Secret:
        """Return the current token, fetched or renewed if needed. `ControlPlaneSession` calls this.

        Raises:
            CredentialError: the client does not have a credential.
        """
        token = self._pipeline.bearer(
            self._read_transport, _cancellation.current_scope() or _cancellation.CancelScope()
        )
        if token is None:
            raise CredentialError(
                "No credential is set", hint="Set ZENML_PRO_API_KEY, or log in.", page="reference/settings"
            )
        return token

    def token_life(self) -> TokenLife | None:
        """Return the kind of credential and the remaining life of its token; None without a credential.

        Sends no request.
        """
        return None if self._tokens is None else self._tokens.life()

    def after_fork(self) -> None:
        """Replace the connections and locks. Called in every forked child."""
        self._read_transport.after_fork()
        self._write_transport.after_fork()
        self._throttle.after_fork()
        if self._tokens is not None:
            self._tokens.after_fork()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Client cannot be pickled: its credential would be stored unencrypted; create one in each process"
        )

    def close(self) -> None:
        """Close the connections."""
        self._read_transport.close()
        self._write_transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        kind = "no credential" if self.credential is None else self.credential.kind
        return f"<Client {self.url}, {kind}>"

    # --- inside ---------------------------------------------------------------------------------------------------

    def _perform(self, call: Call) -> Reply:
        _cancellation.raise_dropped()
        scope = _cancellation.current_scope() or _cancellation.CancelScope()
        transport = self._read_transport if call.safe else self._write_transport
        if call.safe:
            scope.track(transport)
        reply = self._tenant_fallback.perform(call, lambda renamed: self._pipeline.perform(renamed, transport, scope))
        if self._observe is not None:
            self._observe(reply.content)
        return reply

    def _with_path(self, path: str, listing: Listing[P]) -> Listing[P]:
        """Return the listing with the route that was used for this one."""
        listing.path = self._tenant_fallback.path(path)
        return listing

    def _warn_before_expiry(self) -> None:
        # Only in a thread of the user's code: text that a worker prints appears in whichever cell is running.
        if self._tokens is not None and _cancellation.current_scope() is None:
            self._tokens.warn_before_expiry()
