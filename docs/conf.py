"""Configuration of the documentation site.

`scripts/site` builds it. Sphinx was chosen over Zensical and mkdocs-material in November 2026:
mkdocs has had no release since 2024, mkdocs-material only receives fixes, and Zensical was at 0.0.73 with
preliminary support for API references. Sphinx is stable, turns every warning into an error on request,
and with MyST it reads the pages in the Markdown that GitHub shows too.
"""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]

project = "kgraph"
author = "The kgraph authors"
project_copyright = f"2026, {author}"
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"kgraph {release}"
html_show_sphinx = False

# Headings get the anchors that GitHub gives them, so that links work in both places.
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True}
maximum_signature_line_length = 88
python_display_short_literal_types = True

# Pygments does not know all of Cypher, such as `+` and parameters.
suppress_warnings = ["misc.highlighting_failure"]

# Names of this package must lead to an entry of the reference. Other names have no pages here.
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!kgraph\.).*")]
