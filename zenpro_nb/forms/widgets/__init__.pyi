from .review_view import ReviewView as ReviewView
from .view import FormView as FormView
