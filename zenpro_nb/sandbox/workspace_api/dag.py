"""The graph of a run, with its steps and the artifacts between them (0.98.0, observed)."""

from __future__ import annotations

from datetime import datetime

from zenpro_nb.sandbox.workspace_api.items.base import Fields, Item
from zenpro_nb.sandbox.workspace_api.items.configurations import StepPlan
from zenpro_nb.sandbox.workspace_api.items.runs import RETRIED, Run, StepRun


def graph_of(run: Run, now: datetime) -> Fields:
    """Return the nodes and edges. A step that has not run yet has neither id nor status."""
    tries = [step for step in run.steps if step.exists(now) and step.status(now) != RETRIED]
    steps: dict[str | None, StepRun] = {step.name: step for step in tries}
    plans = list(run.snapshot.pipeline.plans.values())
    nodes = [_step_node(plan, steps.get(plan.name), now) for plan in plans]
    edges: list[Fields] = []
    for plan in plans:
        step = steps.get(plan.name)
        if not plan.output:
            continue
        output = step.output(now) if step is not None else None
        nodes.append(_artifact_node(plan, output))
        edges.append(_edge(_step_id(plan.name), _output_id(plan), {"output_name": plan.output, "type": "step_output"}))
    for plan in plans:
        parents = [run.snapshot.pipeline.plans[name] for name in plan.after]
        edges += [
            _edge(_output_id(parent), _step_id(plan.name), _input(parent.output, index))
            if parent.output
            else _edge(_step_id(parent.name), _step_id(plan.name), {})
            for index, parent in enumerate(parents)
        ]
    return {"id": run.id, "status": run.status(now), "nodes": nodes, "edges": edges}


def _step_node(plan: StepPlan, step: StepRun | None, now: datetime) -> Fields:
    metadata: Fields = {}
    if step is not None:
        metadata = {"status": step.status(now), "start_time": step.created.isoformat()}
        ended = step.ended(now)
        if ended is not None:
            metadata["duration"] = (ended - step.created).total_seconds()
    return {
        "node_id": _step_id(plan.name),
        "type": "step",
        "id": None if step is None else step.id,
        "name": plan.name,
        "metadata": metadata,
    }


def _artifact_node(plan: StepPlan, output: Item | None) -> Fields:
    metadata = {
        "type": plan.artifact_type,
        "data_type": ".".join(plan.data_type),
        "save_type": "step_output",
    }
    return {
        "node_id": _output_id(plan),
        "type": "artifact",
        "id": None if output is None else output.id,
        "name": plan.output,
        "metadata": {} if output is None else metadata,
    }


def _step_id(name: str) -> str:
    return f"step/{name}"


def _output_id(plan: StepPlan) -> str:
    return f"{plan.name}/outputs/step_output/{plan.output}"


def _input(name: str, index: int) -> Fields:
    return {"input_name": name, "type": "step_output", "index": index, "chunk_index": None, "chunk_size": None}


def _edge(source: str, target: str, metadata: Fields) -> Fields:
    return {"source": source, "target": target, "metadata": metadata}
