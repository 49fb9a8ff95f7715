from __future__ import annotations

import pandas as pd

from analytics.pipeline.private_list import write_private_list
from analytics.settings import Layout


def test_the_list_has_contacts_and_only_its_owner_reads_it(tmp_path):
    layout = Layout(root=tmp_path, source="shop")
    layout.clean.mkdir(parents=True)
    pd.DataFrame(
        {"customer_id": ["a", "b"], "name": ["Ann", "=HYPERLINK(1)"], "email": ["a@x.org", ""]}
    ).to_parquet(layout.clean / "customers.parquet")
    listed = pd.DataFrame({"place": [1, 2], "customer_id": ["b", "a"], "risk_amount": [2.0, 1.0]})
    file = write_private_list(listed, layout)
    rows = pd.read_csv(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert layout.root / "data" / "private" in file.parents
    assert rows["name"].tolist() == ["'=HYPERLINK(1)", "Ann"]
    assert rows["customer_id"].tolist() == ["b", "a"]
