"""One session with one server at a time: its client, the organization in use, the names that are known."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

from zenpro_nb import limits
from zenpro_nb.client import Client
from zenpro_nb.embedded import Sandbox
from zenpro_nb.errors import ApiError, UnexpectedAnswerError
from zenpro_nb.names import Names
from zenpro_nb.profiles import VARIABLES, Settings, from_environment, no_credential


class Session:
    """What a notebook remembers from one cell to the next. Thread-safe.

    Args:
        environ: where the settings are read from at each use, so that `%env` in a cell takes effect.
        notify: called with one line when something must be said outside of a command, such as a token's last minutes.
    """

    def __init__(self, environ: Mapping[str, str] | None = None, notify: Callable[[str], None] | None = None) -> None:
        self._environ = os.environ if environ is None else environ
        self._notify = notify
        self._lock = threading.RLock()
        self._chosen: Settings | None = None
        self._environment: tuple[tuple[str | None, ...], Settings] | None = None
        self._client: Client | None = None
        self._client_settings: Settings | None = None
        self._sandbox: bool | None = None
        self.names = Names()
        self.sandbox: Sandbox | None = None

    @property
    def settings(self) -> Settings:
        """The settings in force: those chosen by `use`, else the environment's."""
        with self._lock:
            if self._chosen is not None:
                return self._chosen
            values = tuple(self._environ.get(name) for name in VARIABLES)
            if self._environment is None or self._environment[0] != values:
                self._environment = values, from_environment(self._environ)
            return self._environment[1]

    def use(self, settings: Settings | None) -> None:
        """Speak to another server from now on; None goes back to the environment."""
        with self._lock:
            self._chosen = settings
            self.close()

    def choose(self, *, organization: str | None = None, workspace: str | None = None) -> None:
        """Keep the server, and work in this organization or workspace from now on."""
        with self._lock:
            self._chosen = replace(self.settings, organization=organization, workspace=workspace)

    @property
    def client(self) -> Client:
        """The client of the settings in force.

        Raises:
            CredentialError: there is no credential, or the address may not be used with one.
        """
        with self._lock:
            settings = self.settings
            if self._client is None or not _same_server(settings, self._client_settings):
                self.close()
                if settings.credential is None:
                    raise no_credential(settings.url)
                self._client = Client(
                    settings.url,
                    settings.credential,
                    workers=min(settings.workers or limits.DEFAULT_WORKERS, limits.MAX_WORKERS),
                    notify=self._notify,
                )
                self._client_settings = settings
            return self._client

    def is_sandbox(self) -> bool:
        """Whether the server says of itself that it is a sandbox; asked once per server."""
        if self._sandbox is None:
            self._sandbox = _says_sandbox(self.server_info())
        return self._sandbox

    def server_info(self) -> Mapping[str, object]:
        """What `GET /server/info` answers; empty where the route is missing.

        Its fields are of low trust (fact sheet, section 4, ServerInfo), so nothing depends on them.
        """
        try:
            info = self.client.get("/server/info")
        except (ApiError, UnexpectedAnswerError):
            return {}
        return info if isinstance(info, dict) else {}

    def leave_sandbox(self) -> None:
        """End the sandbox that this session started, and go back to the environment's server."""
        if self.sandbox is not None:
            self.sandbox.stop()
            self.sandbox = None
            self.use(None)

    def close(self) -> None:
        """Close the connections and forget what belongs to the server."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None
            self._client_settings = None
            self._sandbox = None
            self.names.forget()


def _same_server(settings: Settings, other: Settings | None) -> bool:
    return other is not None and settings.url == other.url and settings.credential is other.credential


def _says_sandbox(info: Mapping[str, object]) -> bool:
    metadata = info.get("metadata")
    return isinstance(metadata, dict) and metadata.get("sandbox") is True
