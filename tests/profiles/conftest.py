"""An environment of the test's own: no file, no keyring, no login of the machine it runs on."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.keyring import Held, memory_keyring
from zenpro_nb.profiles import Profiles

NOW = 1_800_000_000.0
SAAS = "https://cloudapi.zenml.io"
PRO = "https://pro.example.com/api/v1"
KEY = "ZENPROKEY_canary-key-0001"


def jwt(**claims: Any) -> str:
    """A token in the right format, without a valid signature."""
    parts = ({"alg": "none"}, claims, {})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


class Home:
    """All sources of settings, initially empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ: dict[str, str] = {
            "ZENPRO_CONFIG_DIR": str(folder),
            "ZENPRO_STATE_DIR": str(folder / "state"),
            "ZENML_CONFIG_PATH": str(folder / "zenml"),
        }
        self.profiles = Profiles(self.environ, now=lambda: NOW)

    def write(self, text: str) -> Path:
        path = self.folder / "profiles.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def store(self, text: str) -> Path:
        path = self.folder / "zenml" / "credentials.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def keyring() -> Iterator[Held]:
    """A keyring in memory; its content, by service and account."""
    with memory_keyring() as held:
        yield held
