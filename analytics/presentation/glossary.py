"""The glossary page, from the project's GLOSSARY.md; and the definitions of the KPIs."""

from __future__ import annotations

from analytics.presentation.context import project_text

VARIABLE = "ANALYTICS_GLOSSARY"


class Prose:
    """Markdown of the project's own that a cell shows as it is."""

    def __init__(self, markdown: str) -> None:
        self._markdown = markdown

    def _repr_markdown_(self) -> str:
        return self._markdown

    def __repr__(self) -> str:
        """Return a short text, for logs."""
        return f"<Prose of {len(self._markdown)} characters>"


def terms() -> Prose:
    """Return the terms of GLOSSARY.md, without its title."""
    lines = (project_text("GLOSSARY.md", variable=VARIABLE) or "").splitlines()
    body = [line for line in lines if not line.startswith("# ")]
    return Prose("\n".join(body).strip())
