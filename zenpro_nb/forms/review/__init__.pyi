from .view import ReviewView as ReviewView
