"""The widgets of a review form, built from stock ipywidgets. Keys press the buttons."""

from __future__ import annotations

from zenpro_nb.forms.presentation import ShownText
from zenpro_nb.forms.review import html as review_html
from zenpro_nb.forms.review.form import BACK, DOWN, NEXT, UP, ReviewForm
from zenpro_nb.forms.widgets import html
from zenpro_nb.forms.widgets.elements import Elements

_DECIDE = (("k", "Keep", "success"), ("r", "Revoke", "danger"), ("d", "Don't know", ""))
_GO = ((BACK, "← Back"), (NEXT, "Next →"), (UP, "↑"), (DOWN, "↓"))


class ReviewView:
    """The widgets of one form; Display `root`."""

    def __init__(self, form: ReviewForm, key: str, line: str) -> None:
        self.form = form
        self._line = line
        elements = Elements(form.presentation)
        self._why = ShownText(form.presentation)
        style, self._title, self._rows = (
            elements.html(text, "zenpro-lasting")  # still visible when the kernel is gone
            for text in (review_html.style(key), review_html.title(form, line), review_html.rows(form))
        )
        self._status = elements.html()
        self.why = elements.text(
            form.justify, description="Why", placeholder="Reason for the decision", _dom_classes=("zenpro-why",)
        )
        self.why.observe(lambda change: form.type(self._why.read(change["new"])), names="value")
        self.buttons = {
            key: elements.button(
                f"{label} ({key})", f"zenpro-key-{key}", button_style=style_name, tooltip=f"Key: {key}"
            )
            for key, label, style_name in _DECIDE
        }
        self.buttons |= {
            key: elements.button(f"{label} ({key})", f"zenpro-key-{key}", tooltip=f"Key: {key}") for key, label in _GO
        }
        for letter, button in self.buttons.items():
            button.on_click(lambda _, letter=letter: form.press(letter))
        rows = [[self.buttons[key] for key, *_ in group] for group in (_DECIDE, _GO)]
        self.root = elements.column(
            [style, self._title, self._rows, self.why, *(elements.row(row) for row in rows), self._status],
            "zenpro-form",
            "zenpro-review",
            f"zenpro-form-{key}",
        )
        form.listen(self.render)
        self.render()

    def render(self) -> None:
        """Show the current state. Called after each change."""
        form = self.form
        with form.lock:
            self._title.value = review_html.title(form, self._line)
            self._rows.value = review_html.rows(form)
            if self._why.read(self.why.value) != form.justification:
                self.why.value = self._why.display(form.justification)
            for button in self.buttons.values():
                button.disabled = form.is_closed or form.row is None
            self.why.disabled = form.is_closed or form.row is None
            self._status.value = html.status(form.status, review_html.ending(form))
