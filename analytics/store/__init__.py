"""The only reader and writer of results: Parquet and a JSON manifest a kind."""

from analytics.store.files import (
    Provenance,
    has_result,
    read_manifest,
    read_result,
    result_digest,
    write_result,
)

__all__ = [
    "Provenance",
    "has_result",
    "read_manifest",
    "read_result",
    "result_digest",
    "write_result",
]
