"""The configuration of pipelines and steps: long, mostly empty, and in the format of 0.98.0 (observed)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from zenpro_nb.sandbox.workspace_api.items.base import Fields

_HOOKS: Fields = dict.fromkeys(("failure_hook_source", "success_hook_source", "start_hook_source", "end_hook_source"))
_SWITCHES: Fields = dict.fromkeys(
    ("enable_cache", "enable_artifact_metadata", "enable_artifact_visualization", "enable_step_logs")
)
_PIPELINE: Fields = {
    **_SWITCHES,
    "enable_heartbeat": None,
    "environment": {},
    "secrets": [],
    "enable_pipeline_logs": None,
    "execution_mode": "continue_on_failure",
    "settings": {},
    "extra": {},
    **_HOOKS,
    "pause_hook_source": None,
    "resume_hook_source": None,
    "init_hook_source": None,
    "init_hook_kwargs": None,
    "cleanup_hook_source": None,
    "retry": None,
    "cache_policy": None,
    "steps_to_skip": [],
    "skip_successful_steps": False,
    "step_input_overrides": {},
    "step_default_input_overrides": {},
}
_CACHE_POLICY: Fields = {
    "include_step_code": True,
    "include_step_parameters": True,
    "include_artifact_values": True,
    "include_artifact_ids": True,
    "ignored_inputs": None,
    "file_dependencies": None,
    "source_dependencies": None,
    "cache_func": None,
    "expires_after": None,
}
_STEP: Fields = {
    **_SWITCHES,
    "step_operator": None,
    "experiment_tracker": None,
    "settings": {},
    "environment": {},
    "secrets": [],
    "extra": {},
    **_HOOKS,
    "model": None,
    "retry": None,
    "cache_policy": _CACHE_POLICY,
    "runtime": None,
    "heartbeat_healthy_threshold": 30,
    "group": None,
    "step_type": None,
    "template": None,
    "caching_parameters": {},
    "external_input_artifacts": {},
    "model_artifacts_or_metadata": {},
    "client_lazy_loaders": {},
    "command": None,
}
_MODEL: Fields = {
    **dict.fromkeys(
        ("license", "description", "audience", "use_cases", "limitations", "trade_offs", "ethics", "version")
    ),
    "tags": None,
    "save_models_to_registry": True,
    "model_version_id": None,
    "suppress_class_validation_warnings": True,
}


class StepPlan(Struct, frozen=True):
    """The definition of a step.

    Args:
        seconds: its usual duration.
        after: the steps whose outputs are its inputs.
        output: the artifact that it creates, or "" for none.
        artifact_type: the type of its output, in the API's terms.
        data_type: the Python class of its output.
        logs: the metrics that it logs, each with its typical value.
    """

    name: str
    seconds: float
    after: tuple[str, ...] = ()
    output: str = ""
    artifact_type: str = "DataArtifact"
    data_type: tuple[str, str] = ("pandas", "DataFrame")
    logs: tuple[tuple[str, float], ...] = ()

    def source(self, module: str) -> Fields:
        """Return the location of the step's code."""
        return {"module": module, "attribute": self.name, "type": "user"}

    def code(self) -> str:
        """Return its sample source code."""
        arguments = ", ".join(f"{name}_output: pd.DataFrame" for name in self.after)
        annotation = f' -> Annotated[{self.data_type[1]}, "{self.output}"]' if self.output else ""
        return f"@step\ndef {self.name}({arguments}){annotation}:\n    ...\n"


def substitutions(started: datetime) -> dict[str, str]:
    """Return the values of `{date}` and `{time}` in names, in ZenML's notation."""
    return {"date": started.strftime("%Y_%m_%d"), "time": started.strftime("%H_%M_%S_%f")}


def pipeline_configuration(name: str, tags: Sequence[str], model: str | None, started: datetime | None) -> Fields:
    """Return the configuration of a pipeline, or of its run if a start time is given."""
    return {
        **_PIPELINE,
        "tags": list(tags) or None,
        "model": None if model is None else {**_MODEL, "name": model},
        "parameters": {},
        "substitutions": {} if started is None else substitutions(started),
        "name": name,
    }


def step_configuration(plan: StepPlan, started: datetime | None) -> Fields:
    """Return the configuration of a step, or of its run if a start time is given."""
    return {
        **_STEP,
        "parameters": {},
        "substitutions": {} if started is None else substitutions(started),
        "outputs": {plan.output: _output(plan)} if plan.output else {},
        "name": plan.name,
    }


def _output(plan: StepPlan) -> Fields:
    return {
        "materializer_source": [materializer(plan)],
        "default_materializer_source": None,
        "artifact_config": {
            "name": plan.output,
            "version": None,
            "tags": None,
            "run_metadata": None,
            "artifact_type": None,
        },
    }


def materializer(plan: StepPlan) -> Fields:
    """Return the class that stores the output of a step."""
    module, attribute = plan.data_type
    return {
        "module": f"zenml.integrations.{module}.materializers",
        "attribute": f"{attribute}Materializer",
        "type": "internal",
    }


def step_spec(plan: StepPlan, module: str, outputs: dict[str, str]) -> Fields:
    """Return the specification of a step. `outputs` maps each step to the artifact that it creates."""
    return {
        "source": plan.source(module),
        "upstream_steps": list(plan.after),
        "inputs": {
            outputs[name]: {
                "step_name": name, "output_name": outputs[name], "chunk_index": None, "chunk_size": None,
            }
            for name in plan.after
            if outputs[name]
        },
        "invocation_id": plan.name,
        "enable_heartbeat": False,
        "parameter_spec": {},
    }  # fmt: skip


def pipeline_spec(name: str, module: str, plans: Sequence[StepPlan]) -> Fields:
    """Return the specification of a pipeline."""
    outputs = {plan.name: plan.output for plan in plans}
    return {
        "version": "0.5",
        "source": {"module": module, "attribute": name, "type": "user"},
        "parameters": {},
        "input_schema": {"additionalProperties": False, "properties": {}, "title": "PipelineInput", "type": "object"},
        "steps": [step_spec(plan, module, outputs) for plan in plans],
        "outputs": [],
        "output_schema": {"properties": {}, "title": "PipelineOutput", "type": "object"},
    }


def environment(version: str, *, remote: bool) -> Fields:
    """Return the environment in which a client or a step ran."""
    return {
        "environment": "kubernetes" if remote else "native",
        "os": "linux",
        "linux_distro": "debian",
        "linux_distro_like": "",
        "linux_distro_version": "12",
        "python_version": "3.12.7",
        "zenml_version": version,
    }
