"""One session with one server at a time: its client, the organization in use, and the cached names."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from zenpro_nb import client as client_api
from zenpro_nb import limits
from zenpro_nb.client import SYSTEM, check_bearer, is_loopback, normalize, renew_in_child
from zenpro_nb.errors import (
    ApiError,
    ConnectionFailedError,
    ReadOnlyError,
    UnexpectedAnswerError,
    UnknownNameError,
    UsageError,
)
from zenpro_nb.files.variables import SANDBOX as SANDBOX_VARIABLE
from zenpro_nb.profiles import Profiles, Settings, no_credential, sandbox_not_started
from zenpro_nb.servers.sandbox_process import Sandbox
from zenpro_nb.session import lock
from zenpro_nb.session.names import NameCache
from zenpro_nb.session.shared_reads import SharedReads

if TYPE_CHECKING:
    from zenpro_nb.client import Client, Clock, Credential

SANDBOX = "sandbox"


class Session:
    """The state that a notebook keeps from one cell to the next. Thread-safe.

    Args:
        environ: the source of the settings, read at each use, which lets `%env` in a cell take effect.
        notify: called with one line for messages outside of a command, such as a token that is about to expire.
        question: called if no other credential is found; requests one from the user, or raises CredentialError.
        clock: time and sleep, for the clients and for waiting between checks.
        locks: called at each use; returns, in words, the settings of the front end that make the session read-only.
        observe: called with the body of each response, in the thread that received it.
        is_persistent: selections of `use` apply to the next commands; in a shell, each command has its own session.
    """

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        notify: Callable[[str], None] | None = None,
        question: Callable[[Settings], Settings] | None = None,
        clock: Clock = SYSTEM,
        locks: Callable[[], Sequence[str]] = tuple,
        is_persistent: bool = True,
        observe: Callable[[bytes], object] | None = None,
    ) -> None:
        self.observe = observe
        self.is_persistent = is_persistent
        self.clock = clock
        self._notify = notify
        self._question = question
        self._lock = threading.RLock()
        self._explicit: Settings | None = None
        self._name: str | None = None
        self._scope: tuple[str | None, str | None] | None = None
        self._client: Client | None = None
        self._client_settings: Settings | None = None
        self._others: dict[str, Client] = {}
        self._sandbox: bool | None = None
        self.environ = os.environ if environ is None else environ
        self._write_lock = lock.WriteLock(self.environ, locks)
        self.profiles = Profiles(self.environ)
        self.names = NameCache()
        self.shared_reads = SharedReads()
        self.sandbox: Sandbox | None = None
        renew_in_child(self)

    def how_to_choose(self, what: str, option: str, variable: str) -> str:
        """Return the sentence that explains how to select an organization or a workspace here.

        >>> Session(is_persistent=False).how_to_choose("organization", "--org NAME", "ZENPRO_ORGANIZATION")
        'Add --org NAME, or set ZENPRO_ORGANIZATION=NAME, or write organization = "NAME" in a profile.'
        """
        how = f"choose one with `use {what} NAME`"
        if not self.is_persistent:
            how = f'set {variable}=NAME, or write {what} = "NAME" in a profile'
        return f"Add {option}, or {how}."

    def after_fork(self) -> None:
        """Replace the locks; called in every forked child. The clients do the same."""
        self._lock = threading.RLock()
        self.names.after_fork()
        self.shared_reads.after_fork()

    @property
    def settings(self) -> Settings:
        """Return the settings in force: explicit ones, otherwise the profile in use, otherwise the search order.

        Raises:
            SettingsError: a settings file is invalid.
        """
        with self._lock:
            base_settings = self._explicit or self.profiles.settings(self._name)
            if self._scope is None:
                return base_settings
            organization, workspace = self._scope
            return replace(base_settings, organization=organization, workspace=workspace)

    @property
    def read_only(self) -> str:
        """Return the setting that refuses every write, in words; empty if writes are allowed.

        Raises:
            SettingsError: a settings file is invalid, so it is unknown whether writes are allowed.
        """
        return self._write_lock.source(self.settings)

    def require_writable(self) -> None:
        """Check that writes are allowed; called before each request of a write, and before its look-ups.

        Raises:
            ReadOnlyError: the session is read-only.
        """
        if source := self.read_only:
            raise ReadOnlyError(
                f"This session is read-only ({source}); nothing was sent",
                hint="Add --dry-run to see the request. To allow writes, remove that setting.",
            )

    def lock(self, source: str) -> AbstractContextManager[None]:
        """Refuse every write in the block; `source` is the setting, in words."""
        return self._write_lock.close_in_block(source)

    def use(self, settings: Settings | None) -> None:
        """Use another server from now on; None returns to the search order."""
        with self._lock:
            self._explicit, self._name, self._scope = settings, None, None
            self.close()

    def use_profile(self, name: str) -> Settings:
        """Use the profile with this name from now on (see `Profiles`), and return its settings.

        Raises:
            UnknownNameError: no profile has this name; the session is unchanged.
            SettingsError: a settings file is invalid.
        """
        with self._lock:
            settings = self._sandbox_settings() if name == SANDBOX else self.profiles.settings(name)
            self._explicit = settings if name == SANDBOX else None
            self._name, self._scope = None if name == SANDBOX else name, None
            self.close()
            return settings

    def choose(self, *, organization: str | None = None, workspace: str | None = None) -> None:
        """Keep the server, and use this organization or workspace from now on."""
        with self._lock:
            self._scope = organization, workspace

    def every(self) -> list[Settings]:
        """Return all available settings, including those in force; no server is contacted.

        Raises:
            SettingsError: a settings file is invalid.
        """
        found = self.profiles.every()
        with self._lock:
            here = [self._explicit] if self._explicit is not None else []
            if self.sandbox is not None and self.sandbox.settings not in here:
                here.append(self.sandbox.settings)
        profile_names = {settings.profile for settings in here if settings.profile}
        return [*here, *(settings for settings in found if settings.profile not in profile_names)]

    @property
    def has_explicit_settings(self) -> bool:
        """Return whether the settings were given explicitly or chosen by name, not found in the search order."""
        with self._lock:
            return self._explicit is not None or self._name is not None

    @property
    def has_sandbox(self) -> bool:
        """Return whether a sandbox that this session started is running."""
        return self.sandbox is not None and self.sandbox.running

    def _sandbox_settings(self) -> Settings:
        if self.sandbox is None:
            hint = "Start one with `sandbox start`."
            if not self.is_persistent:
                hint = "Run `sandbox run` in another terminal: it prints the export lines for this one."
            raise UnknownNameError("No sandbox is running in this session", hint=hint)
        return self.sandbox.settings

    @property
    def client(self) -> Client:
        """Return the client of the control plane in use.

        Raises:
            UsageError: a plain ZenML server is in use, which has no control plane.
            CredentialError: no credential was found, or the address must not be used with one.
        """
        with self._lock:
            return self.client_of(self.settings)

    def client_of(self, settings: Settings) -> Client:
        """Return the client of the control plane of these settings, which were just read. Raises as `client`."""
        if settings.plain:
            raise UsageError(
                f"{settings.url} is a plain ZenML server, without a control plane",
                hint="You can list its contents, for example with `runs`. `use PROFILE` selects another server.",
            )
        return self._connected(settings)

    @property
    def server(self) -> Client:
        """Return the client for the settings in force: of a control plane or a plain server.

        Raises:
            CredentialError: no credential was found, or the address must not be used with one.
        """
        with self._lock:
            return self._connected(self.settings)

    def sign_in(self) -> None:
        """Ensure a credential for the server in use; no request is sent, and no client is created.

        Raises:
            CredentialError: no credential was found, or the address must not be used with one.
            UsageError: the address is not that of an API.
        """
        with self._lock:
            settings, _ = self._with_credential(self.settings)
            check_bearer(normalize(settings.url))

    def _with_credential(self, settings: Settings) -> tuple[Settings, Credential]:
        """Return the settings with a credential, asking the user if necessary."""
        expects_sandbox = not self.is_persistent and self.environ.get(SANDBOX_VARIABLE) == "1"
        if settings.credential is None and expects_sandbox:
            raise sandbox_not_started(settings)
        if settings.credential is None:
            settings = self._prompt_for_credential(settings)
        if settings.credential is None:
            raise no_credential(settings, is_persistent=self.is_persistent, has_sandbox=self.has_sandbox)
        if expects_sandbox and self._notify is not None and not is_loopback(normalize(settings.url)):
            self._notify(f"{SANDBOX_VARIABLE}=1 is for notebooks; this command uses {settings.url}, not a sandbox")
        return settings, settings.credential

    def _connected(self, settings: Settings) -> Client:
        with self._lock:
            if self.sandbox is not None and settings.url == self.sandbox.url and not self.sandbox.running:
                raise ConnectionFailedError(
                    f"The sandbox at {settings.url} is no longer running",
                    hint="Start another one with `sandbox start`.",
                )
            if self._client is None or not _same_server(settings, self._client_settings):
                self.close()
                settings, credential = self._with_credential(settings)
                self._client = self._connect(settings.url, credential)
                self._client_settings = settings
            return self._client

    def other(self, url: str, make: Callable[[], Credential]) -> Client:
        """Return the client of a server that belongs to the one in use, such as a workspace's.

        It is kept until the session leaves the server in use.

        Args:
            make: returns the credential for a new client.
        """
        with self._lock:
            if url not in self._others:
                self._others[url] = self._connect(url, make())
            return self._others[url]

    def _connect(self, url: str, credential: Credential) -> Client:
        workers = min(self.settings.workers or limits.MAX_WORKERS, limits.MAX_WORKERS)
        return client_api.Client(
            url,
            credential,
            workers=workers,
            notify=self._notify,
            clock=self.clock,
            gate=self.require_writable,
            observe=self.observe,
        )

    def _prompt_for_credential(self, settings: Settings) -> Settings:
        """Prompt for a credential and keep it for this session; without an answer, return the settings unchanged."""
        if self._question is None:
            return settings
        new_settings = self._question(settings)
        if new_settings.credential is not None:
            self._explicit, self._name = new_settings, None
        return new_settings

    def is_sandbox(self) -> bool:
        """Return whether the server reports that it is a sandbox; requested once per server."""
        if self._sandbox is None:
            metadata = {} if self.settings.plain else self.server_info().get("metadata")
            self._sandbox = isinstance(metadata, dict) and metadata.get("sandbox") is True
        return self._sandbox

    def server_info(self) -> Mapping[str, object]:
        """Return the response of `GET /server/info`; empty if the route is missing.

        Its fields are of low trust (API facts 4.12), so nothing depends on them.
        """
        try:
            info = self.client.get("/server/info")
        except (ApiError, UnexpectedAnswerError):
            return {}
        return info if isinstance(info, dict) else {}

    @property
    def sandbox_captures(self) -> Path | None:
        """Return the folder of the captures of the sandbox in use, if this session started it; otherwise None."""
        with self._lock:
            sandbox = self.sandbox
            return sandbox.captures if sandbox is not None and self.settings.url == sandbox.url else None

    def leave_sandbox(self) -> None:
        """Stop the sandbox that this session started; if it was in use, return to the search order."""
        if self.sandbox is not None:
            sandbox, self.sandbox = self.sandbox, None
            sandbox.stop()
            if self._explicit is sandbox.settings:
                self.use(None)

    def close(self) -> None:
        """Close the connections, and forget everything about the server."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            for client in self._others.values():
                client.close()
            self._others.clear()
            self._client = None
            self._client_settings = None
            self._sandbox = None
            self.names.forget()


def _same_server(settings: Settings, other: Settings | None) -> bool:
    return other is not None and settings.url == other.url and settings.credential is other.credential
