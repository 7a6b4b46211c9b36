"""The conda recipe agrees with pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import zenpro_nb

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RECIPE: dict[str, Any] = yaml.safe_load((ROOT / "conda" / "recipe" / "recipe.yaml").read_text())
# Packages that conda-forge names differently from PyPI.
NAMES = {"duckdb": "python-duckdb", "typing-extensions": "typing_extensions"}


def bounds(lines: list[str]) -> dict[str, SpecifierSet]:
    """Return the versions of each package, by conda's name."""
    requirements = [Requirement(line) for line in lines]
    return {NAMES.get(requirement.name, requirement.name): requirement.specifier for requirement in requirements}


def extra(*names: str) -> list[str]:
    return [line for name in names for line in PROJECT["optional-dependencies"][name]]


def recipe(section: str) -> dict[str, SpecifierSet]:
    return bounds(RECIPE["requirements"][section])


def test_it_requires_the_dependencies_of_the_package_and_its_sandbox() -> None:
    requirements = {
        "python": SpecifierSet(PROJECT["requires-python"]),
        **bounds(PROJECT["dependencies"] + extra("sandbox")),
    }
    assert recipe("run") == requirements


def test_optional_packages_have_the_same_bounds() -> None:
    assert recipe("run_constraints") == bounds(extra("excel", "polars", "sql", "keyring", "interactive", "png"))


def test_it_describes_the_same_package() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert recipe("host").items() >= bounds(build).items()
    assert (RECIPE["package"]["name"], RECIPE["context"]["version"]) == (PROJECT["name"], zenpro_nb.__version__)
    assert RECIPE["build"]["python"]["entry_points"] == [f"{k} = {v}" for k, v in PROJECT["scripts"].items()]
    assert (RECIPE["about"]["summary"], RECIPE["about"]["license"]) == (PROJECT["description"], PROJECT["license"])
