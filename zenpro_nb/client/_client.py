"""The client: one server, one credential, any number of threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Literal, NoReturn, Self, TypeVar, overload

from zenpro_nb import limits
from zenpro_nb.client import _cancellation, _urls
from zenpro_nb.client._cancellation import SYSTEM, Clock, ProgressCounter
from zenpro_nb.client._credentials import Credential
from zenpro_nb.client._fork import renew_in_child
from zenpro_nb.client._list_reader import ListReader
from zenpro_nb.client._listing import Listing, Merge, P, Sink, WithTotal
from zenpro_nb.client._network import Network
from zenpro_nb.client._reply import Reply
from zenpro_nb.client._request import USER_AGENT, Call
from zenpro_nb.client._request_pipeline import RequestPipeline
from zenpro_nb.client._tenant_names import TenantFallback
from zenpro_nb.client._throttle import Throttle
from zenpro_nb.client._tokens import TokenLife, Tokens
from zenpro_nb.client._transport import Transport
from zenpro_nb.client._urls import Params
from zenpro_nb.client._worker_pool import run_concurrently
from zenpro_nb.errors import CredentialError
from zenpro_nb.security.printable import without_user
from zenpro_nb.security.secret import Secret

T = TypeVar("T")


class Client:
    """Talks to one control plane or workspace; every method may be called from any thread.

    Args:
        url: the server's URL; `/api/v1` belongs to it where the control plane is self-hosted, and is not added.
        credential: what lets the client in; None for the routes that need none.
        workers: the most requests at once; how many there are follows from how the server answers.
        clock: time, sleep and chance.
        read_timeout: seconds that the server may be silent.
        notify: told once when a token that cannot be renewed is about to end.
        transport: an `httpx.BaseTransport` in place of the network.
        user_agent: what the server is told about the client.
        gate: called before each request that may change something; it raises where that is not allowed. Logins pass.

    Raises:
        UsageError: the URL is not one of an API.
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
    ) -> None:
        self._gate = gate
        # First of all: what shows the local variables of a refusal asks for the repr of a client that is half made.
        self.url, self.credential = without_user(url), credential
        self.url = _urls.normalize(url)
        if credential is not None:
            _urls.check_bearer(self.url)
        self.workers = max(1, min(workers, limits.MAX_WORKERS))
        self._tokens = None if credential is None else Tokens(credential, clock, notify)
        self._throttle = Throttle(clock, self.workers)
        self._pipeline = RequestPipeline(self.url, self._tokens, self._throttle, clock)
        network = Network(self.url) if transport is None else None
        # Two sets of connections, so that cutting those of a stopped reading never loses the answer to a write.
        self._read_transport, self._write_transport = (
            Transport(self.url, read_timeout, clock=clock, network=network, injected=transport, user_agent=user_agent)
            for _ in range(2)
        )
        self._tenant_fallback = TenantFallback()
        self._lists = ListReader(self._perform, self.workers, lambda: self._throttle.window)
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
        """Send one request, and come back with the reply, whose status is below 300.

        Reads are tried again where that may help. A write is sent again only where surely nothing arrived, or where the
        API itself put it off (429 or 503 with Retry-After); the reply or the error is then `resent`. Every error says
        in its `outcome` what is so about a write: not sent, refused, or unknown.

        Args:
            method: GET, POST, PATCH, PUT or DELETE.
            path: below the server's URL: `/users/me`; names in it go through `segment`.
            params: the query; None is left out, booleans are `true`/`false`, a sequence is repeated.
            json: the body. It, `params` and `form` may hold `Secret` values, which are told to the server only.
            form: a form as the body.
            once: never send it twice, whatever Retry-After says; for what makes a key that is shown only once.

        Raises:
            ReadOnlyError: it is a write, and the session is read-only; nothing was sent.
            ApiError: the server refused; one class for each status. `from_api` tells whether in the API's own words.
            OutcomeUnknownError: a write was sent and its answer was lost, or is a gateway's. It is not sent again.
            ConnectionFailedError: the server was not reached, or (TimedOutError) a read was not answered in time.
            UnexpectedAnswerError: the answer is none of this API's.
        """
        call = Call.of(method, path, params, json, form, once)
        if self._gate is not None and call.writes:
            self._gate()
        self._warn_before_expiry()
        return self._perform(call)

    def get(self, path: str, /, **params: object) -> object:
        """Return the JSON at `path`; raise what `request` raises.

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
    ) -> Listing[P]:
        """Read a list that is paged by `offset` and `limit` (fact sheet section 6), several pages at once.

        No row is lost or doubled, whatever page size the server grants and even if rows move meanwhile.

        Args:
            path: the route of the list.
            params: its filters.
            limit: the most rows wanted; not more are asked for.
            decode: makes a page of an answer; called in the worker threads.
            progress: told in this thread how many rows there are so far.
            prompt: other requests wait for the list: one request more is better than one round trip more.
            merge: makes one page of many parts, so that a long list takes less memory while it is read.

        Raises:
            InterruptedReadError: Ctrl-C; no thread is left behind.
            ZenProError: what `request` raises.
        """
        self._warn_before_expiry()
        listing = self._lists.read_by_offset(
            path, params, limit, decode, ProgressCounter(progress), urgent=urgent, merge=merge
        )
        listing.path = self._tenant_fallback.path(path)
        return listing

    def stream_list(
        self,
        path: str,
        sink: Sink[P],
        *,
        params: Params = None,
        decode: Callable[[bytes], P],
        progress: Callable[[int], None] | None = None,
        merge: Merge[P] | None = None,
    ) -> Listing[P]:
        """Read a list as `read_list` does, and hand its rows to a sink while they are read; the listing holds none.

        Where rows moved meanwhile, the sink begins anew. Only a list that moved each time is held as a whole at last.

        Args:
            path, params, decode, progress, merge: as in `read_list`.
            sink: takes the rows in this thread, in the list's order.

        Raises: as `read_list`; what the sink has taken is then not the list.
        """
        self._warn_before_expiry()
        listing = self._lists.read_by_offset(
            path, params, None, decode, ProgressCounter(progress), merge=merge, sink=sink
        )
        listing.path = self._tenant_fallback.path(path)
        return listing

    def read_once(self, path: str, *, params: Params = None, decode: Callable[[bytes], P]) -> Listing[P]:
        """Read a list that is not paged, in one request. Raises what `read_list` raises."""
        self._warn_before_expiry()
        listing = self._lists.read_unpaged(path, params, decode)
        listing.path = self._tenant_fallback.path(path)
        return listing

    def declare_page_sizes(self, largest: Mapping[str, int]) -> None:
        """Ask for no larger pages than these, by route with its variable parts in braces, from now on.

        For what the server's own description says, where that was read anyway; a refusal teaches the same later.
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
        """Read a list that is paged by `page` and `size` and tells its total, as workspaces do (fact sheet section 6).

        Args:
            path, params, limit, progress: as in `read_list`.
            size: rows of a page; small where each is heavy.
            decode: makes a page and the total of an answer; called in the worker threads.

        Raises: as `read_list`.
        """
        self._warn_before_expiry()
        listing = self._lists.read_by_page(path, params, limit, size, decode, ProgressCounter(progress))
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
    ) -> list[T]: ...

    @overload
    def fan_out(
        self,
        calls: Sequence[Callable[[], T]],
        *,
        errors: Literal["return"],
        progress: Callable[[int], None] | None = None,
        max_workers: int = limits.MAX_WORKERS,
    ) -> list[T | Exception]: ...

    def fan_out(
        self,
        calls: Sequence[Callable[[], T]],
        *,
        errors: Literal["raise", "return"] = "raise",
        progress: Callable[[int], None] | None = None,
        max_workers: int = limits.MAX_WORKERS,
    ) -> list[T] | list[T | Exception]:
        """Make independent calls at once, and come back with their results in the calls' order.

        The calls may use this client and others, lists included; Ctrl-C stops them all.

        Args:
            calls: functions without arguments.
            errors: `raise` the first that arrives and stop the others, or `return` each in its place.
            progress: told in this thread how many calls are done.
            most: the most calls at once.

        Raises:
            InterruptedReadError: Ctrl-C. Writes that are on their way are not cut, and may still happen.
        """
        self._warn_before_expiry()
        return run_concurrently(calls, min(self.workers, max_workers), progress, return_errors=errors == "return")

    def bearer(self) -> Secret:
        """Return the current token, fetched or renewed where needed, as `ControlPlaneSession` asks for it.

        Raises:
            CredentialError: the client has no credential.
        """
        token = self._pipeline.bearer(
            self._read_transport, _cancellation.current_scope() or _cancellation.CancelScope()
        )
        if token is None:
            raise CredentialError(
                "There is no credential", hint="Set ZENML_PRO_API_KEY, or log in.", page="reference/settings"
            )
        return token

    def token_life(self) -> TokenLife | None:
        """Return the kind of credential and how long its token lives; None without a credential.

        The server is not asked.
        """
        return None if self._tokens is None else self._tokens.life()

    def after_fork(self) -> None:
        """Make connections and locks anew; called in every forked child."""
        self._read_transport.after_fork()
        self._write_transport.after_fork()
        self._throttle.after_fork()
        if self._tokens is not None:
            self._tokens.after_fork()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Client is not pickled: its credential would be written in clear; make one in each process")

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
        scope = _cancellation.current_scope() or _cancellation.CancelScope()
        transport = self._read_transport if call.safe else self._write_transport
        if call.safe:
            scope.track(transport)
        return self._tenant_fallback.perform(call, lambda renamed: self._pipeline.perform(renamed, transport, scope))

    def _warn_before_expiry(self) -> None:
        # Only where the user's own code called: what a worker prints lands in whichever cell runs just then.
        if self._tokens is not None and _cancellation.current_scope() is None:
            self._tokens.warn_before_expiry()
