"""Run the pipelines of the demo, in the environment of the real ZenML, never in this package's environment.

`python demo_pipelines.py FOLDER` runs them, and keeps their artifacts and logs in the folder.
"""

from __future__ import annotations

import sys
from typing import Annotated

from zenml import ArtifactConfig, Model, log_metadata, pipeline, step
from zenml.client import Client
from zenml.enums import StackComponentType
from zenml.logger import get_logger

LOGGER = get_logger(__name__)


@step(enable_cache=False)
def load_orders(day: int) -> Annotated[list[int], ArtifactConfig(name="orders")]:
    """Return a few orders."""
    LOGGER.info("loading the orders of day %s", day)
    return [day * number for number in range(1, 6)]


@step(enable_cache=False)
def train_model(orders: list[int]) -> Annotated[float, ArtifactConfig(name="churn_model")]:
    """Return a toy model."""
    accuracy = 1 - 1 / (1 + sum(orders))
    log_metadata({"accuracy": accuracy})
    return accuracy


@step(enable_cache=False)
def export_orders(orders: list[int]) -> None:
    """Fail on every second day."""
    if sum(orders) % 2 == 0:
        raise ConnectionError("the warehouse did not answer within 30 s")
    LOGGER.info("exported")


@pipeline(model=Model(name="churn"), tags=["nightly"], enable_cache=False)
def train_churn(day: int) -> None:
    """Train a model without failures."""
    train_model(load_orders(day))


@pipeline(tags=["nightly"], enable_cache=False)
def nightly_export(day: int) -> None:
    """Export the orders, with occasional failures."""
    export_orders(load_orders(day))


def main(folder: str) -> None:
    """Run both pipelines for three days, on a stack whose logs the server can read."""
    client = Client()
    store = StackComponentType.ARTIFACT_STORE
    client.create_stack_component("shared", flavor="local", component_type=store, configuration={"path": folder})
    client.create_stack("shared", {StackComponentType.ORCHESTRATOR: "default", store: "shared"})
    client.activate_stack("shared")
    for day in (1, 2, 3):
        train_churn(day)
        try:
            nightly_export(day)
        except RuntimeError:  # raised for any failed run, whatever its step raised
            LOGGER.info("the export of day %s has failed, as it should", day)


if __name__ == "__main__":
    main(sys.argv[1])
