"""Settings of the documentation: `sphinx-build -W --keep-going docs docs/_build/html` builds it, and runs its pages."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

import zenpro_nb  # noqa: E402 - behind the path
from zenpro_nb import documentation  # noqa: E402


def _digest(package: Path) -> str:
    """Return a name for the package as it is: a page that ran with another one has to run again."""
    files = sorted(path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


project = "zenpro_nb"
author = "The zenpro_nb maintainers"
copyright = author  # noqa: A001 - Sphinx's name for it
version = release = zenpro_nb.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "zenpro_docs",
    "outputs",
]
source_suffix = {".md": "myst-nb"}
exclude_patterns = ["_build", "_ext", "_pages"]
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(?!zenpro_nb\.).*"),  # nothing is fetched: pages of others are not known
    (r"py:.*", r"zenpro_nb\.(client|session)\..*"),  # what a connection is made of has no page
]

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline", "attrs_block"]
myst_heading_anchors = 4

# An error of zenpro is a sentence, not a traceback.
nb_render_error_lexer = "text"
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "_build" / "executed" / _digest(Path(zenpro_nb.__file__).parent))
nb_execution_excludepatterns = ["notebooks/*"]  # they have their outputs in the repository
nb_execution_in_temp = True  # each page in an empty folder
nb_execution_timeout = 120  # seconds for one cell, on a busy machine
nb_execution_show_tb = True
nb_merge_streams = True
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # nothing is loaded from elsewhere

smartquotes = False  # an option keeps its two hyphens
default_role = "code"  # as the docstrings write it
autodoc_typehints = "signature"
autodoc_member_order = "bysource"

html_theme = "pydata_sphinx_theme"
html_title = "zenpro_nb"
html_logo = "_static/logo.svg"
html_favicon = "_static/logo.svg"
html_static_path = ["_static"]
html_css_files = ["zenpro.css"]
html_show_sourcelink = False
html_search_scorer = str(HERE / "_ext" / "scorer.js")
html_baseurl = documentation.ADDRESS
html_theme_options = {
    "logo": {"text": f"zenpro_nb {version}"},
    "navbar_end": ["theme-switcher"],
    "show_prev_next": False,
    "show_nav_level": 2,
    "secondary_sidebar_items": ["page-toc"],
}
copybutton_selector = "div:not(.output) > div.highlight > pre"  # what is typed, and not what came out
