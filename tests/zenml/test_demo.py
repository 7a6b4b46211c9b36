"""`zenpro demo --with-zenml`: a real server as the sandbox's ml-prod."""

from __future__ import annotations

from pathlib import Path

import pytest

import zenpro_nb
from tests.support.environments import zenml_python
from zenpro_nb.profiles import KEY_VARIABLE
from zenpro_nb.servers import demo, sandbox_process, zenml_server


def test_the_demo_starts_a_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(zenml_server, "environment", lambda say: zenml_python())
    lines: list[str] = []
    server = zenml_server.start(lines.append)
    try:
        sandbox = sandbox_process.start(["--users", "60", "--workspace", f"{demo.REAL_WORKSPACE}={server.url}"])
        try:
            for name, value in demo._profile(tmp_path, sandbox, server).items():
                monkeypatch.setenv(name, value)
            monkeypatch.setenv(KEY_VARIABLE, sandbox.key.reveal())
            with zenpro_nb.connect(profile="demo") as zen:
                runs = zen.run("runs", "--workspace", "ml-prod")
                failed = zen.run("logs", runs[runs.status == "failed"].name.iloc[0], "--workspace", "ml-prod")
        finally:
            sandbox.stop()
    finally:
        server.stop()
    assert runs.pipeline.value_counts().to_dict() == {"train_churn": 3, "nightly_export": 3}
    assert failed.message.str.contains("did not answer").any()
    assert "real ZenML server" in lines[0]
    assert server.key.reveal() not in (tmp_path / "profiles.toml").read_text()
