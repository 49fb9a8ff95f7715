"""Makes the site of its documents, by Quarto or by the project's own renderer.

Stage the project (:mod:`.staging`), add the reports (:mod:`.reports`), choose a renderer
(:mod:`.choice`) and render (:mod:`.rendering`).
"""

from analytics.render.choice import chosen_renderer
from analytics.render.rendering import RenderedSite, Renderer, render_site
from analytics.render.reports import executed_documents
from analytics.render.staging import write_staged_project

__all__ = [
    "RenderedSite",
    "Renderer",
    "chosen_renderer",
    "executed_documents",
    "render_site",
    "write_staged_project",
]
