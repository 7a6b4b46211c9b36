"""A kernel with the extension loaded, and the shared sandbox as its server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from tests.support.kernels import Kernel, running_kernel
from tests.support.sandbox import SandboxProcess


@pytest.fixture(scope="session")
def shared_kernel() -> Iterator[Kernel]:
    """The kernel of this worker. Reset it before it is used."""
    with running_kernel() as kernel:
        yield kernel


@pytest.fixture
def signed_in(shared_kernel: Kernel, sandbox: SandboxProcess) -> Kernel:
    """A fresh kernel in the organization acme."""
    variables = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    shared_kernel.reset(variables)
    return shared_kernel


@pytest.fixture
def kernel(signed_in: Kernel) -> BlockingKernelClient:
    """The client of this kernel."""
    return signed_in.client
