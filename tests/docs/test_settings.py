"""The settings page lists every environment variable and every setting of the magics."""

from __future__ import annotations

import re
from pathlib import Path

import zenpro_nb
from zenpro_nb.frontends.magic import ZenProMagics

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
PACKAGE = Path(zenpro_nb.__file__).parent
VARIABLE = re.compile(r"\b(?:ZENPRO|ZENML_PRO)_[A-Z_]*[A-Z]\b")
# Processes of this package pass these to each other.
NOT_SET_BY_PEOPLE = {
    "ZENPRO_DEMO_WORKSPACE_KEY",
    "ZENPRO_SANDBOX_ADMIN_KEY",
    "ZENPRO_SANDBOX_CAPTURES",
    "ZENPRO_SANDBOX_COMMAND",
}


def test_it_lists_exactly_the_environment_variables() -> None:
    used = {name for path in PACKAGE.rglob("*.py") for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert set(VARIABLE.findall(PAGE)) == used - NOT_SET_BY_PEOPLE


def test_it_lists_every_setting_of_the_magics() -> None:
    named = set(re.findall(r"^\| `([a-z]\w*)` \|", PAGE, re.MULTILINE))
    assert named == set(ZenProMagics.class_own_traits(config=True))
