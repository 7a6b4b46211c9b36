from .view import FormView as FormView
