"""Vega, Vega-Lite and Vega-Embed as one local file."""

from __future__ import annotations


def vega_bundle() -> str:
    """Return an ES module whose default export is ``vegaEmbed``.

    It is built by vl-convert from the sources that it carries; nothing is downloaded.
    """
    import vl_convert

    return str(vl_convert.javascript_bundle("export default vegaEmbed;"))
