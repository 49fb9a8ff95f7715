"""Where the files of a project lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Folders of one source in one project.

    Attributes
    ----------
    root : Path
        The project: the folder with `analytics.toml` and `_quarto.yml`.
    source : str
        Name of the source.
    """

    root: Path
    source: str

    @property
    def settings_file(self) -> Path:
        """The project's settings."""
        return self.root / "analytics.toml"

    @property
    def sources(self) -> Path:
        """Folder of the source files that are known by name."""
        return self.root / "data" / "sources"

    @property
    def raw(self) -> Path:
        """Raw exports, never written to but by the generator."""
        return self.root / "data" / "raw" / self.source

    @property
    def clean(self) -> Path:
        """Clean tables and the cleaning report; derived."""
        return self.root / "data" / "clean" / self.source

    @property
    def results(self) -> Path:
        """Results of the tiers; derived."""
        return self.root / "data" / "results" / self.source

    @property
    def cache(self) -> Path:
        """Stage records and staged documents; derived."""
        return self.root / "data" / "cache" / self.source

    @property
    def public(self) -> Path:
        """The published tree, where the settings name no other."""
        name = "public" if self.source == "synthetic" else f"public-{self.source}"
        return self.root / name
