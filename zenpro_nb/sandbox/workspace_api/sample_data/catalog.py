"""The definitions of the sample pipelines of a project."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.items.configurations import StepPlan
from zenpro_nb.sandbox.workspace_api.sample_data.calendar import (
    BY_HAND,
    DAILY,
    EVERY_SIX_HOURS,
    INVOKED,
    NIGHTLY,
    OFTEN_BY_HAND,
    WEEKDAYS,
    Rhythm,
)
from zenpro_nb.sandbox.workspaces.projects import Project

PRODUCTION = ("ml-prod", "recommender", "fraud-detection", "forecasting", "edge-onprem")
REHEARSAL = ("ml-staging",)
TRIALS = ("ml-dev", "labs-sandbox", "labs-demo")

_MODEL = "ModelArtifact"
_ESTIMATOR = ("sklearn", "ClassifierMixin")
_NUMBERS = ("builtins", "dict")


class PipelinePlan(Struct, frozen=True):
    """The definition of a sample pipeline.

    Args:
        failing: the share of its runs that fail.
        trains: whether its runs create versions of the project's model.
        remote: whether it has an image and the server can run it.
        is_dynamic: whether it determines its steps at run time, and shows the exception that ended a run.
        triggered: whether a trigger starts it instead of a schedule.
        cached: the share of its runs that find the result of their first step in the cache.
        hourly_usd: the cost of an hour, which its runs log as `usd`; 0 if they log none.
    """

    name: str
    description: str
    steps: tuple[StepPlan, ...]
    rhythm: Rhythm
    failing: float
    tags: tuple[str, ...] = ()
    trains: bool = False
    remote: bool = True
    is_dynamic: bool = False
    triggered: bool = False
    cached: float = 0.0
    hourly_usd: float = 0.0

    def invocations(self) -> PipelinePlan:
        """Return the definition of the invocations of its deployment: short and frequent, without logged costs."""
        steps = tuple(replace(step, seconds=step.seconds * limits.INVOCATION_SHARE) for step in self.steps)
        return replace(self, steps=steps, rhythm=INVOKED, failing=limits.INVOCATION_FAILING, hourly_usd=0.0)


def pipelines(workspace: str, project: Project) -> tuple[PipelinePlan, ...]:
    """Return the pipelines of a project, depending on the purpose of its workspace."""
    subject, source = project.subject, project.source
    if workspace in PRODUCTION:
        return (
            _ingestion(source),
            _training(subject, source, NIGHTLY, failing=0.06),
            _scoring(subject, source, DAILY, failing=0.04),
            _drift_report(subject),
            _experiment(subject, source, BY_HAND),
        )
    if workspace in REHEARSAL:
        return (
            _training(subject, source, NIGHTLY, failing=0.15),
            _scoring(subject, source, WEEKDAYS, failing=0.12),
            _experiment(subject, source, BY_HAND),
        )
    return (_experiment(subject, source, OFTEN_BY_HAND),) if workspace in TRIALS else ()


def _ingestion(source: str) -> PipelinePlan:
    return PipelinePlan(
        f"ingest_{source}", f"Brings {source} from the warehouse into the feature store",
        (
            StepPlan(f"extract_{source}", 140, output=source),
            StepPlan("validate_schema", 35, after=(f"extract_{source}",), output=f"valid_{source}"),
            StepPlan("publish_features", 80, after=("validate_schema",), output=f"{source}_features"),
        ),
        EVERY_SIX_HOURS, failing=0.03, tags=("nightly",),
    )  # fmt: skip


def _training(subject: str, source: str, rhythm: Rhythm, failing: float) -> PipelinePlan:
    return PipelinePlan(
        f"{subject}_training", f"Trains the {subject} model, and promotes it if it is better",
        (
            StepPlan("load_training_data", 210, output=f"{source}_training_data"),
            StepPlan(
                "validate_data", 60, after=("load_training_data",), output=f"{subject}_quality", data_type=_NUMBERS
            ),
            StepPlan("build_features", 340, after=("load_training_data",), output=f"{subject}_features"),
            StepPlan(
                "train_model", 1900, after=("build_features", "validate_data"), output=f"{subject}_model",
                artifact_type=_MODEL, data_type=_ESTIMATOR,
            ),
            StepPlan(
                "evaluate_model", 150, after=("train_model", "build_features"), output=f"{subject}_evaluation",
                data_type=_NUMBERS, logs=(("accuracy", 0.91), ("recall", 0.78)),
            ),
            StepPlan("promote_model", 20, after=("evaluate_model",)),
        ),
        rhythm, failing=failing, tags=("nightly", "gpu"), trains=True, hourly_usd=4.1,
    )  # fmt: skip


def _scoring(subject: str, source: str, rhythm: Rhythm, failing: float) -> PipelinePlan:
    return PipelinePlan(
        f"{subject}_batch_scoring", f"Scores all {source} with the {subject} model in production",
        (
            StepPlan(f"load_{source}", 120, output=f"{source}_to_score"),
            StepPlan("score", 480, after=(f"load_{source}",), output=f"{subject}_scores", logs=(("rows", 1_200_000),)),
            StepPlan("publish_scores", 70, after=("score",)),
        ),
        rhythm, failing=failing, tags=("production",), is_dynamic=True, hourly_usd=0.6,
    )  # fmt: skip


def _drift_report(subject: str) -> PipelinePlan:
    return PipelinePlan(
        f"{subject}_drift_report", f"Compares what the {subject} model sees with what it was trained on",
        (
            StepPlan("load_reference", 40, output=f"{subject}_reference"),
            StepPlan("load_current", 55, output=f"{subject}_current"),
            StepPlan(
                "compute_drift", 160, after=("load_reference", "load_current"), output=f"{subject}_drift",
                data_type=_NUMBERS, logs=(("drift", 0.11),),
            ),
            StepPlan("send_report", 5, after=("compute_drift",)),
        ),
        DAILY, failing=0.02, triggered=True,
    )  # fmt: skip


def _experiment(subject: str, source: str, rhythm: Rhythm) -> PipelinePlan:
    return PipelinePlan(
        f"{subject}_experiment", f"Tries another way to learn {subject}",
        (
            StepPlan("load_sample", 45, output=f"{source}_sample"),
            StepPlan(
                "train_candidate", 420, after=("load_sample",), output=f"{subject}_candidate", artifact_type=_MODEL,
                data_type=_ESTIMATOR,
            ),
            StepPlan(
                "evaluate_candidate", 60, after=("train_candidate", "load_sample"), output=f"{subject}_comparison",
                data_type=_NUMBERS, logs=(("accuracy", 0.88),),
            ),
        ),
        rhythm, failing=0.18, tags=("experiment",), remote=False, is_dynamic=True, cached=0.55,
    )  # fmt: skip
