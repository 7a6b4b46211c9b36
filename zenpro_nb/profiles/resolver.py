"""Define the search order for a server and a credential, and the names that select them.

The order: an explicit choice (known to the session), the environment, the profiles file, logins stored by
`login --keyring`, logins stored by `zenml login`. As a last resort, the session asks the user.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec.structs import replace

from zenpro_nb.client import SYSTEM, Credential
from zenpro_nb.errors import SettingsError, UnknownNameError
from zenpro_nb.profiles import environment, file, keyring_store, sources, zenml
from zenpro_nb.profiles.invalidation import Watch
from zenpro_nb.profiles.settings import SAAS_URL, Settings
from zenpro_nb.profiles.sources import CredentialSource, FoundCredential, Need, Override
from zenpro_nb.security import keyring
from zenpro_nb.security.printable import without_user
from zenpro_nb.syntax.suggestions import did_you_mean

KEPT_PREFIX = "keyring:"


class Profiles:
    """Every source of settings on this machine. Results are cached until one of their inputs changes.

    Args:
        environ: the environment; read at each use.
        now: seconds since 1970, UTC.
    """

    def __init__(self, environ: Mapping[str, str], now: Callable[[], float] = SYSTEM.now) -> None:
        self._environ = environ
        self._now = now
        self._found: dict[str | None, tuple[Watch, Settings]] = {}

    def settings(self, name: str | None = None) -> Settings:
        """Return the settings with this name; without a name, the first ones in the search order.

        Raises:
            UnknownNameError: no settings have this name.
            SettingsError: a file that must be read is invalid.
        """
        cached = self._found.get(name)
        if cached is not None and not cached[0].changed:
            return cached[1]
        watch = Watch(self._environ)
        result = self._first(watch) if name is None else self._by_name(name, watch)
        if cached is not None and _same_secret(cached[1].credential, result.credential):
            # Keep the same credential object, because a client has already logged in with it.
            result = replace(result, credential=cached[1].credential)
        self._found[name] = watch, result
        return result

    def at(self, url: str) -> Settings:
        """Return the first settings in the search order for this server.

        Raises:
            SettingsError: a file that must be read is invalid.
        """
        watch = Watch(self._environ)
        from_env = environment.from_environment(watch)
        if not watch.variable(environment.URL_VARIABLE) or from_env.url == url:
            from_env = replace(from_env, url=url)
            if from_env.credential is not None or from_env.problem:
                return from_env
        profiles_file = file.load(watch)
        profile = _at(profiles_file, url)
        if profile is not None:
            result = self._of_profile(profile, profiles_file.path.parent, watch)
        else:
            result = self._loose(url, watch)
        return _overlaid(result, from_env)

    def names(self) -> list[str]:
        """Return the names that `use` accepts, without opening a keyring.

        The list is empty if a file is invalid: completion is the wrong moment for errors.
        """
        watch = Watch(self._environ)
        try:
            names = [environment.NAME, *file.load(watch).profiles]
            names += [_kept_name(account) for account in _servers(keyring_store.KeyringStore(watch).accounts())]
            return names + [entry.name for entry in _stored_logins(watch)]
        except SettingsError:
            return []

    def every(self) -> list[Settings]:
        """Return all settings that can be selected by name, with their credentials.

        Raises:
            SettingsError: a file is invalid.
        """
        watch = Watch(self._environ)
        settings = environment.from_environment(watch)
        from_env = (
            [replace(settings, profile=environment.NAME)] if settings.credential is not None or settings.problem else []
        )
        return from_env + [self._by_name(name, watch) for name in self.names() if name != environment.NAME]

    def override(self, settings: Settings, workspace: str) -> tuple[str | None, FoundCredential | None]:
        """Return the settings for one workspace: its server's address, and the credential for it."""
        workspace_override = settings.overrides.get(workspace, Override())
        if workspace_override.credential is None:
            return workspace_override.url, None
        watch = Watch(self._environ)
        account = f"{settings.profile} {workspace}"
        need = Need(workspace_override.url or workspace, account, make=sources.for_workspace)
        return workspace_override.url, self._at_source(
            sources.parse(workspace_override.credential), need, file.path_of(watch).parent, watch
        )

    def logins(self, *, required: bool) -> keyring_store.KeyringStore:
        """Return the store of the logins that this tool keeps.

        Raises:
            UsageError: `required` is set, but there is no keyring.
        """
        if required:
            keyring.require()
        return keyring_store.KeyringStore(Watch(self._environ))

    def written(self, name: str) -> file.Profile | None:
        """Return the profile with this name in the profiles file.

        Raises:
            SettingsError: the file is invalid.
        """
        return file.load(Watch(self._environ)).profiles.get(name)

    # --- internals ----------------------------------------------------------------------------------------------------

    def _first(self, watch: Watch) -> Settings:
        name = watch.variable(environment.PROFILE_VARIABLE)
        if name:
            return self._by_name(name, watch)
        from_env = environment.from_environment(watch)
        if from_env.credential is not None or from_env.problem:
            return from_env
        profiles_file = file.load(watch)
        requested_url = from_env.url if watch.variable(environment.URL_VARIABLE) else ""
        profile = _at(profiles_file, requested_url) if requested_url else _default(profiles_file)
        if profile is not None:
            result = self._of_profile(profile, profiles_file.path.parent, watch)
        else:
            result = self._loose(requested_url, watch)
        return _overlaid(result, from_env)

    def _by_name(self, name: str, watch: Watch) -> Settings:
        if name == environment.NAME:
            return replace(environment.from_environment(watch), profile=environment.NAME)
        profiles_file = file.load(watch)
        if name in profiles_file.profiles:
            return self._of_profile(profiles_file.profiles[name], profiles_file.path.parent, watch)
        store = keyring_store.KeyringStore(watch)
        if name.startswith(KEPT_PREFIX):
            for account in _servers(store.accounts()):
                if _kept_name(account) == name:
                    return Settings.of(account, store.find(account), profile=name)
        if name.startswith(zenml.PREFIX):
            for entry in _stored_logins(watch):
                if entry.name == name:
                    return Settings.of(entry.url, zenml.credential_of(entry, self._now()), profile=name)
        raise self.unknown(name)

    def unknown(self, name: str) -> UnknownNameError:
        """Return the error for an unknown profile name, with similar names."""
        hint = did_you_mean(name, self.names(), "List them with `profiles`.")
        return UnknownNameError(f"There is no profile {name!r}", hint=hint)

    def _of_profile(self, profile: file.Profile, folder: Path, watch: Watch) -> Settings:
        make = sources.for_workspace if profile.plain else None
        need = Need(profile.url, account_of(profile.name), profile.username, make)
        if profile.source is not None:
            credential = self._at_source(profile.source, need, folder, watch)
        else:
            credential = self._anywhere(need, watch)
        return Settings(
            url=profile.url,
            credential=credential.credential,
            source=credential.source,
            problem=credential.problem,
            warning=credential.warning,
            organization=profile.organization,
            workspace=profile.workspace,
            profile=profile.name,
            overrides=profile.overrides,
            plain=profile.plain,
            read_only=profile.read_only,
            writes_at_once=profile.writes_at_once,
        )

    def _at_source(self, source: CredentialSource, need: Need, folder: Path, watch: Watch) -> FoundCredential:
        if source.kind == "env":
            return sources.from_variable(source.name, need, watch)
        if source.kind == "file":
            return sources.from_file(source.name, need, watch, folder)
        if source.kind == "keyring":
            return (
                keyring_store.find_key(source.name, need)
                if source.name
                else keyring_store.KeyringStore(watch).find(need.account, need.make)
            )
        logins = self._stored_at(need, watch)
        return logins or FoundCredential(None, "zenml login", f"`zenml login` has stored no login for {need.url}")

    def _anywhere(self, need: Need, watch: Watch) -> FoundCredential:
        """Return the credential for a profile that names no source."""
        from_env = environment.from_environment(watch)
        if from_env.url == need.url and from_env.credential is not None:
            return FoundCredential(from_env.credential, from_env.source)
        store = keyring_store.KeyringStore(watch)
        try:
            for account in (need.account, need.url):
                if account in store.accounts():
                    return store.find(account, need.make)
        except SettingsError as error:
            return FoundCredential(None, "the keyring", str(error))
        return self._stored_at(need, watch) or FoundCredential(None, "none")

    def _loose(self, url: str, watch: Watch) -> Settings:
        """Return the stored login for this server; for "", that of ZenML's cloud, or the only other one."""
        credential = self._anywhere(Need(url or SAAS_URL, url or SAAS_URL), watch)
        if credential.credential is not None or url:
            return Settings.of(url or SAAS_URL, credential)
        try:
            logins = zenml.control_planes(zenml.load(watch), SAAS_URL)
        except SettingsError as error:
            return Settings.of(SAAS_URL, FoundCredential(None, "zenml login", str(error)))
        others = [entry for entry in logins if entry.url != SAAS_URL]
        if len(others) == 1 and not credential.problem:
            return Settings.of(others[0].url, zenml.credential_of(others[0], self._now()), profile=others[0].name)
        return Settings.of(SAAS_URL, credential)

    def _stored_at(self, need: Need, watch: Watch) -> FoundCredential | None:
        try:
            entry = next((login for login in zenml.load(watch) if login.url == need.url), None)
        except SettingsError as error:
            return FoundCredential(None, "zenml login", str(error))
        return None if entry is None else zenml.credential_of(entry, self._now(), need.make)


def account_of(profile: str) -> str:
    """Return the account name that stores a profile's login; the account of a server is its URL."""
    return f"profile {profile}"


def _servers(accounts: list[str]) -> list[str]:
    return [account for account in accounts if "://" in account]


def _kept_name(url: str) -> str:
    return KEPT_PREFIX + without_user(url).partition("://")[2]


def _stored_logins(watch: Watch) -> list[zenml.StoredLogin]:
    """Return the entries of zenml that may be control planes.

    Entries of plain servers cannot be distinguished (see `zenml`).
    """
    requested_url = environment.from_environment(watch).url
    entries = zenml.load(watch)
    sure = zenml.control_planes(entries, requested_url)
    return [entry for entry in entries if entry in sure or (not entry.workspace and entry.url == entry.pro_url)]


def _overlaid(base: Settings, from_env: Settings) -> Settings:
    """Return the settings, overridden by the environment."""
    return replace(
        base,
        organization=from_env.organization or base.organization,
        workspace=from_env.workspace or base.workspace,
        workers=from_env.workers or base.workers,
        writes_at_once=from_env.writes_at_once or base.writes_at_once,
    )


def _at(profiles_file: file.ProfileFile, url: str) -> file.Profile | None:
    fitting = [profile for profile in profiles_file.profiles.values() if profile.url == url]
    return next((profile for profile in fitting if profile.name == profiles_file.default), next(iter(fitting), None))


def _default(profiles_file: file.ProfileFile) -> file.Profile | None:
    if profiles_file.default is not None:
        return profiles_file.profiles[profiles_file.default]
    return next(iter(profiles_file.profiles.values())) if len(profiles_file.profiles) == 1 else None


def _same_secret(old: Credential | None, new: Credential | None) -> bool:
    if old is None or type(old) is not type(new):
        return False
    return all(getattr(old, name, None) == getattr(new, name, None) for name in ("secret", "username"))
