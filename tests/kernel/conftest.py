"""A kernel in which the extension is loaded, with the shared sandbox as its server."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from tests.support.kernels import execute
from tests.support.sandbox import SandboxProcess


@pytest.fixture(scope="package")
def kernel(sandbox: SandboxProcess) -> Iterator[BlockingKernelClient]:
    environment = os.environ | {
        "ZENML_PRO_API_URL": sandbox.url,
        "ZENML_PRO_API_KEY": sandbox.key,
        "ZENPRO_ORGANIZATION": "acme",
    }
    manager, client = start_new_kernel(env=environment)
    try:
        execute(client, "%load_ext zenpro_nb")
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
