"""Documents for paper, typeset from a template of this package and what it is to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any


def typeset(
    template: str,
    told: Mapping[str, Any],
    *,
    drawings: Mapping[str, str] | None = None,
    **options: Any,
) -> bytes:
    """Return a document; the same content makes the same bytes.

    Only fonts that come with the typesetter are used, so that it looks alike everywhere.

    Parameters
    ----------
    template : str
        Name of a file in ``templates``, such as ``summary.typ``. What it is told lies beside
        it as a JSON file of the same stem: no text of it is read as markup.
    told : mapping
        What the document says, as JSON values.
    drawings : mapping of str to str, optional
        SVG files by name.
    **options
        Passed to the typesetter: format, ppi.
    """
    import typst

    source = resources.files("analytics.render") / "templates" / template
    files = {
        "main.typ": source.read_bytes(),
        template.replace(".typ", ".json"): json.dumps(told, ensure_ascii=False).encode(),
        **{name: drawing.encode() for name, drawing in (drawings or {}).items()},
    }
    compiled: Any = typst.compile  # its stubs know no mapping of files
    document: bytes = compiled(files, ignore_system_fonts=True, **options)
    return document
