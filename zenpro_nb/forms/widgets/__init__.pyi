from .view import View as View
