from .opening import NotebookForms as NotebookForms
from .opening import ask as ask
