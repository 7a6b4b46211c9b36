from .kernel_watch import KernelWatch as KernelWatch
from .opening import NotebookForms as NotebookForms
from .opening import ask as ask
