"""CI: its jobs run every step of `.ci/run` once, and its pins match the bounds of pyproject.toml."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support import world

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUN = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
WORKFLOWS = ROOT / ".github" / "workflows"


def steps_of(job: dict[str, Any]) -> Iterator[str]:
    """The steps of `.ci/run` in one job of a workflow, with the values of its matrix."""
    matrix = job.get("strategy", {}).get("matrix", {})
    for step in job["steps"]:
        words = str(step.get("run", "")).split()
        if words[:2] == ["bash", ".ci/run"]:
            yield from (value for word in words[2:] for value in (matrix["part"] if word == '"$PART"' else [word]))


def requirements() -> list[Requirement]:
    """Every requirement of the package and of its extras."""
    extras = PROJECT["optional-dependencies"].values()
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]
    return [requirement for requirement in map(Requirement, lines) if requirement.name != PROJECT["name"]]


@pytest.mark.skipif(not WORKFLOWS.is_dir(), reason="the sdist has no workflows")
def test_the_jobs_run_each_step_once() -> None:
    jobs = yaml.safe_load((WORKFLOWS / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    (steps,) = re.findall(r"^all=\((.*)\)$", RUN, re.MULTILINE)
    assert sorted(step for job in jobs.values() for step in steps_of(job)) == sorted(steps.split())


def test_each_step_is_a_function_with_a_description() -> None:
    (steps,) = re.findall(r"^all=\((.*)\)$", RUN, re.MULTILINE)
    assert sorted(re.findall(r"^step_(\w+)\(\)", RUN, re.MULTILINE)) == sorted(steps.split())
    assert re.findall(r"^#   ([a-z]+) {2,}", RUN, re.MULTILINE) == steps.split()


def test_the_variables_of_a_step_reach_its_tests() -> None:
    read_before_the_first_test = {"ZENPRO_INSTALLED"}
    named = set(re.findall(r"\b(ZENPRO_\w+)=", RUN))
    assert {"ZENPRO_SITE", "ZENPRO_WHEEL"} <= named <= world.KEPT | read_before_the_first_test


def test_an_unknown_step_is_refused_before_any_installation() -> None:
    done = subprocess.run(["bash", ROOT / ".ci" / "run", "tests"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("'tests' is not a step. Steps: lint types suite ")


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_the_pins_are_within_the_bounds(requirement: Requirement) -> None:
    lines = (ROOT / ".ci" / "requirements" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [pin for line in lines if (text := line.partition("#")[0].strip()) for pin in [Requirement(text)]]
    name = canonicalize_name(requirement.name)
    versions = [str(pin.specifier).removeprefix("==") for pin in pins if canonicalize_name(pin.name) == name]
    assert versions, "run .ci/requirements/compile"
    assert all(requirement.specifier.contains(version, prereleases=True) for version in versions)
