"""The Vega bundle of a staged project, made once."""

from __future__ import annotations

import vl_convert

from analytics.render.staging import vega_script


def test_bundle_is_made_once_and_kept(tmp_path, monkeypatch):
    made: list[object] = []

    def bundle(*arguments: object) -> str:
        made.append(arguments)
        return "export default 1;"

    monkeypatch.setattr(vl_convert, "javascript_bundle", bundle)
    assert vega_script(tmp_path / "cache") == "export default 1;"
    assert vega_script(tmp_path / "cache") == "export default 1;"
    assert len(made) == 1
