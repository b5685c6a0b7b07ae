"""How Sphinx makes the pages of `docs/` a site; `build.py` beside this file says from what."""

project = "Slipway"
author = "The authors of Slipway"
copyright = author
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
html_theme = "furo"
html_title = "Slipway"
html_copy_source = False
html_show_sphinx = False
# Headings are linked to as GitHub names them.
myst_heading_anchors = 3
# What looks like code and is in no language that is known stays as it is.
highlight_language = "text"
nitpicky = True
smartquotes = False
# A block in a language that Pygments reads otherwise is still a block.
suppress_warnings = ["misc.highlighting_failure"]
