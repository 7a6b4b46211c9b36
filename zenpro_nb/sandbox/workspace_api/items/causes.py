"""The causes of failed steps."""

from __future__ import annotations

from msgspec import Struct

from zenpro_nb.sandbox.workspace_api.items.base import Fields
from zenpro_nb.sandbox.workspace_api.items.configurations import StepPlan


class Cause(Struct, frozen=True):
    """The cause of a failure."""

    error: str
    message: str
    line: int

    def exception_info(self, step: StepPlan, module: str) -> Fields:
        """Return the exception as the server shows it, with the end of the traceback."""
        path = f"/app/{module.replace('.', '/')}.py"
        where = f'  File "{path}", line {self.line}, in {step.name}\n    raise {self.error}({self.message!r})'
        return {
            "traceback": f"{where}\n{self.error}: {self.message}\n",
            "source": f"builtins.{self.error}",
            "message": self.message,
            "user_code_line": self.line % 20,
        }
