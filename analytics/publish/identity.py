"""What a version is made from, as digests: same identity, same version."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from analytics.digests import value_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Digests of everything that shapes a version; the code commit is not among them.

    Parameters
    ----------
    data, package, documents, settings, lock : str
        Hexadecimal SHA-256 of the inputs, the Python package, ``site/`` with ``_quarto.yml``,
        the settings and the lock file.
    renderer, renderer_version : str
        Which renderer made the pages.
    """

    data: str
    package: str
    documents: str
    settings: str
    lock: str
    renderer: str
    renderer_version: str

    @property
    def digest(self) -> str:
        """SHA-256 over all parts, each under its name."""
        return value_digest(asdict(self))
