"""A form as the result of a cell: widgets where they work, and text everywhere else."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import TYPE_CHECKING, Any

from zenpro_nb.forms import review, widgets
from zenpro_nb.forms.fields import about
from zenpro_nb.forms.form import Form
from zenpro_nb.security.printable import markup

if TYPE_CHECKING:
    from zenpro_nb.forms.review.form import ReviewForm
    from zenpro_nb.forms.review.view import ReviewView
    from zenpro_nb.forms.widgets.view import FormView

_VIEW = "application/vnd.jupyter.widget-view+json"


class Fallback:
    """The text in place of a form that cannot work: after a restart, or in nbconvert, nbviewer or papermill."""

    def __init__(self, what: str, line: str, key: str = "") -> None:
        self._about = what
        self._line = line
        self._key = key

    def __repr__(self) -> str:
        return f"Form: {self._about}. Forms need a running notebook: run {self._line} again."

    def _repr_html_(self) -> str:
        css = f' class="zenpro-fallback-{self._key}"' if self._key else ""
        return (
            f"{self._style()}<div{css}><b>Form: {markup(self._about)}.</b> Forms need a running notebook: "
            f"run <code>{markup(self._line)}</code> again.</div>"
        )

    def _style(self) -> str:
        """Return the stylesheet that hides the next output until the form is drawn in it.

        JupyterLab writes "Loading widget…" there for as long as a reopened notebook has no kernel.
        """
        if not self._key:
            return ""
        child, text = ".jp-OutputArea-child", f".zenpro-fallback-{self._key}"
        return f"<style>{child}:has({text}) + {child}:not(:has(.zenpro-form-{self._key})) {{ display: none; }}</style>"


def what_of(form: Form | ReviewForm) -> str:
    """Return what a form does, without a final period."""
    return about(form.command)[0] if isinstance(form, Form) else f"Review {form.review.name}"


class FormHandle:
    """The form that a cell has opened. Display it to show the form."""

    def __init__(self, form: Form | ReviewForm, line: str) -> None:
        self.form = form
        self._line = line
        self._key = uuid.uuid4().hex[:12]
        self._fallback = Fallback(what_of(form), line, self._key)
        self._shown_in: int | None = None  # the number of the cell

    @cached_property
    def view(self) -> FormView | ReviewView:
        """Return its widgets. They are created when they are first needed."""
        if isinstance(self.form, Form):
            return widgets.FormView(self.form, self._key)
        return review.ReviewView(self.form, self._key, self._line)

    @property
    def result(self) -> Any:
        """Return the resulting DataFrame; None before the form is sent."""
        return self.form.result if isinstance(self.form, Form) else None

    def __repr__(self) -> str:
        return repr(self._fallback)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Return the widget, and the text for front ends without widgets."""
        return {
            _VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.view.root.model_id},
            "text/plain": repr(self),
            "text/html": self._fallback._repr_html_(),
        }

    def _ipython_display_(self, **kwargs: Any) -> None:
        """Show the text in a separate output, then the form. While the form works, its stylesheet hides the text.

        This happens once per cell: a form that was displayed may be the result of the cell as well.
        For a lost widget, JupyterLab ignores the other contents of the same output (measured with 4.6), so the text
        needs a separate output.
        """
        from IPython.core.getipython import get_ipython
        from IPython.display import display

        shell = get_ipython()
        if shell is not None and shell.execution_count == self._shown_in:
            return
        self._shown_in = shell.execution_count if shell is not None else None
        display(self._fallback)  # type: ignore[no-untyped-call]
        bundle = self._repr_mimebundle_()
        del bundle["text/html"]
        display(bundle, raw=True)  # type: ignore[no-untyped-call]
        self.form.open()
