"""What a cell returns, as a renderer takes it in."""

import re

from analytics.presentation.fragments import Fragment


def test_numbers_of_neighbouring_cells_stay_apart_where_the_tags_are_taken_away():
    table = "<tr><th>From</th><th>To</th></tr><tr><td>$3,000</td><td>435</td></tr>"
    shown = Fragment(table)._repr_markdown_()
    assert re.sub(r"<[^>]+>", "", shown).split()[1:-1] == ["From", "To", "$3,000", "435"]
    assert "".join(shown.split()) == "```{=html}" + "".join(table.split()) + "```"
