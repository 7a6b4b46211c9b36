from .form import ReviewForm as ReviewForm
from .prompts import ask as ask
from .view import ReviewView as ReviewView
