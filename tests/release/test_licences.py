"""The licenses of the dependencies: listed on a page, and none that obliges users of the package."""

from __future__ import annotations

import importlib.util
from email.message import Message
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".ci" / "licences.py"


@pytest.fixture(scope="module")
def licences() -> Any:
    spec = importlib.util.spec_from_file_location("licences", PLACE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Made(Distribution):
    """A package with these metadata."""

    def __init__(self, **fields: str) -> None:
        self._fields = Message()
        for name, value in {"Name": "made", **fields}.items():
            self._fields[name.replace("_", "-")] = value

    @property
    def metadata(self) -> Any:
        return self._fields

    def read_text(self, filename: str) -> str | None:
        return None

    def locate_file(self, path: Any) -> Any:
        return path


def test_the_page_names_what_pyproject_names(licences: Any) -> None:
    cells = [line.split("|")[1:3] for line in licences.PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    assert [(name.strip(), purpose.strip()) for name, purpose in cells] == sorted(
        licences.declared(), key=lambda row: (row[1] != "everything", row[1], row[0])
    )


def test_no_installed_package_has_an_obligating_license(licences: Any) -> None:
    packages = licences.everything(name for name, _ in licences.declared())
    assert {"pandas", "numpy", "starlette", "jupyter-server"} <= packages.keys()
    assert licences.refused(packages.values()) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"License_Expression": "GPL-3.0-or-later"},
        {"License_Expression": "MIT AND AGPL-3.0-only"},
        {"Classifier": "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"},
        {"License": "Proprietary"},
        {"License": "UNKNOWN"},
        {},
    ],
)
def test_obligating_or_missing_licenses_are_refused(licences: Any, fields: dict[str, str]) -> None:
    assert len(licences.refused([Made(**fields)])) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"License_Expression": "MIT"},
        {"License_Expression": "LGPL-3.0-or-later"},
        {"License": "UNKNOWN", "Classifier": "License :: OSI Approved :: ISC License (ISCL)"},
        {"Classifier": "License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)"},
        {"License": "BSD 3-Clause License"},
    ],
)
def test_permissive_licenses_are_accepted(licences: Any, fields: dict[str, str]) -> None:
    assert licences.refused([Made(**fields)]) == []
