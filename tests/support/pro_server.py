"""A real ZenML server in Pro mode, which signs in at a control plane and queries it for permissions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.zenml_server import ZenmlServer


@dataclass
class ProServer(ZenmlServer):
    """The server of one workspace. ``enrolled`` is the control plane's response to its enrollment."""

    plane: str = ""
    enrolled: dict[str, Any] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Return the variables listed in the documentation of the enrollment."""
        return {
            **self.common(),
            "ZENML_SERVER_DEPLOYMENT_TYPE": "cloud",
            "ZENML_SERVER_SERVER_URL": self.url,
            "ZENML_SERVER_PRO_API_URL": self.plane,
            "ZENML_SERVER_PRO_DASHBOARD_URL": self.plane,
            "ZENML_SERVER_PRO_OAUTH2_AUDIENCE": self.plane,
            "ZENML_SERVER_PRO_OAUTH2_CLIENT_SECRET": self.enrolled["enrollment_key"],
            "ZENML_SERVER_PRO_ORGANIZATION_ID": self.enrolled["organization"]["id"],
            "ZENML_SERVER_PRO_ORGANIZATION_NAME": self.enrolled["organization"]["name"],
            "ZENML_SERVER_PRO_WORKSPACE_ID": self.enrolled["id"],
            "ZENML_SERVER_PRO_WORKSPACE_NAME": self.enrolled["name"],
        }
