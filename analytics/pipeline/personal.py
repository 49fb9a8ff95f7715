"""The gate: nothing personal of the source leaves with the site."""

from __future__ import annotations

import json
import os
from pathlib import Path

from analytics.errors import Place, PrivacyError
from analytics.ingest import Source
from analytics.schema import table

SHOWN_HITS = 5
RESULTS_FILE = "results.json"
# Scalar that says under which key the pseudonyms of a version were made.
KEY_KIND, KEY_NAME = "data.privacy", "pseudonym_key"


def pseudonym_key(source: Source, root: Path) -> bytes | None:
    """Return the key of the source's pseudonyms; None where customer rows stay private.

    Raises
    ------
    PrivacyError
        Where customer rows are to be published and there is no key.
    """
    from analytics.privacy import read_key

    if not source.publish_customers:
        return None
    return read_key(os.environ, root / "data" / "private" / "pseudonym.key", source.synthetic)


def refuse_other_key(public: Path, key: bytes | None) -> None:
    """Refuse to publish customer rows beside those whose pseudonyms another key made.

    Under two keys a customer has two pseudonyms: followed from version to version, he would be
    lost, and who holds both versions could join what was not meant to be joined.

    Parameters
    ----------
    public : Path
        The published tree; each version's results name the fingerprint of their key.
    key : bytes or None
        Key of the new version; None where it publishes no customer rows.

    Raises
    ------
    PrivacyError
        Where a version in the tree was made under another key.
    """
    from analytics.privacy import key_fingerprint

    if key is None:
        return
    own = key_fingerprint(key)
    for file in sorted(public.glob(f"*/site/data/downloads/{RESULTS_FILE}")):
        version = file.relative_to(public).parts[0]
        scalars = json.loads(file.read_text(encoding="utf-8"))
        found = [s["value"] for s in scalars if (s["kind"], s["name"]) == (KEY_KIND, KEY_NAME)]
        if found and found[0] != own:
            raise PrivacyError(
                f"the customer rows of version {version} have pseudonyms of another key",
                place=Place(file=str(public)),
                remedy=(
                    "Publish under that key, or into another folder with --output, or delete "
                    "the versions made under it."
                ),
            )


def refuse_personal_data(clean: Path, rendered: Path) -> None:
    """Look for the source's names, e-mail addresses, phone numbers and ids in a rendered tree.

    Ids of customers are published under pseudonyms or not at all.

    Raises
    ------
    PrivacyError
        Where there is one; the message names the files, not the person.
    """
    from analytics.privacy import scan_tree

    values = _personal_values(clean)
    ids = _customer_ids(clean)
    if not values and not ids:
        return
    hits = scan_tree(
        rendered,
        names=values.get("name", []),
        emails=values.get("email", []),
        phones=values.get("phone", []),
        ids=ids,
    )
    if hits:
        places = "; ".join(str(hit) for hit in hits[:SHOWN_HITS])
        more = f" and {len(hits) - SHOWN_HITS} more" if len(hits) > SHOWN_HITS else ""
        raise PrivacyError(
            f"personal data of the source stand in {len(hits)} place(s): {places}{more}",
            remedy="Nothing was published. Remove what brings them from the source file.",
        )


def _personal_values(clean: Path) -> dict[str, list[str]]:
    import pandas as pd
    import pyarrow.parquet as pq

    customers = clean / "customers.parquet"
    if not customers.exists():
        return {}
    known = set(pq.read_schema(customers).names)
    personal = [name for name in table("customers").pii if name in known]
    if not personal:
        return {}
    frame = pd.read_parquet(customers, columns=personal)
    return {name: frame[name].dropna().astype(str).tolist() for name in personal}


def _customer_ids(clean: Path) -> list[str]:
    """Return the ids of all customers, those without a row of their own included."""
    import pyarrow.parquet as pq

    found: set[str] = set()
    for name in ("customers", "transactions"):
        file = clean / f"{name}.parquet"
        if file.exists():
            column = pq.read_table(file, columns=["customer_id"]).column(0).unique()
            found.update(str(each) for each in column.to_pylist() if each is not None)
    return sorted(found)
