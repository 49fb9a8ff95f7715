"""What the reader's browser draws with: Vega as one local file, and the house style."""

from __future__ import annotations

import json

from analytics.charts.house import house_config
from analytics.charts.tokens import tokens


def house_script() -> str:
    """Return an ES module whose default export is the configuration of every chart."""
    config = json.dumps(house_config(font=tokens().type["font"]), indent=1, ensure_ascii=False)
    return f"// Made from analytics/charts/house.py; do not edit.\nexport default {config};\n"


def vega_bundle() -> str:
    """Return an ES module whose default export is ``vegaEmbed``.

    It is built by vl-convert from the sources that it carries; nothing is downloaded.
    """
    import vl_convert

    return str(vl_convert.javascript_bundle("export default vegaEmbed;"))
