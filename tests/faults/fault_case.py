"""A class of fault in a format: the input, and what must be said of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from valid_exports import FILES, source_text


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultCase:
    """One hostile or broken input.

    Attributes
    ----------
    format : str
        Format of the export, or ``toml`` for a fault of the source file itself.
    fault : str
        The class of the fault.
    says : str
        What the message must hold, in any case; parts are set apart by `` & ``.
    content : bytes or callable
        The export; a function writes it at the path that it is given.
    row, column : int, str
        The place that the message must name; none where there is none in the file.
    file : str
        Name of the export.
    options, tail : str
        Lines of its table in the source file, and below it.
    source : bytes
        The source file, where it is not that of the format.
    heavy : bool
        Whether it aims at memory or time: these are run as commands, within limits.
    kind : str
        What sort of fault it is; several values of one sort are one kind.
    """

    format: str
    fault: str
    says: str
    content: bytes | Callable[[Path], None] | None = None
    row: int | None = None
    column: str | None = None
    file: str = ""
    options: str | None = None
    tail: str = ""
    source: bytes | None = None
    heavy: bool = False
    kind: str = ""

    def __post_init__(self) -> None:
        """Have a class of fault that has one input be a kind of its own."""
        if not self.kind:
            object.__setattr__(self, "kind", self.fault)

    @property
    def name(self) -> str:
        """The case's identity among the tests."""
        return f"{self.format}-{self.fault}"

    @property
    def file_name(self) -> str:
        """Name of the file that the message must name."""
        return "shop.toml" if self.format == "toml" else self.file or FILES[self.format]

    def write(self, folder: Path) -> None:
        """Write the export into ``raw/`` and the source file beside it."""
        raw = folder / "raw"
        raw.mkdir(exist_ok=True)
        if self.format == "toml":
            export, written = FILES["csv"], self.content or b"No,Who,When,Net,State\n"
            text = self.source or b""
        else:
            export = self.file or FILES[self.format]
            written = self.content
            text = self.source or source_text(
                self.format, file=export, options=self.options, tail=self.tail
            ).encode("utf-8")
        target = Path(os.path.normpath(raw / export))
        if callable(written):
            written(target)
        elif written is not None:
            target.write_bytes(written)
        (folder / "shop.toml").write_bytes(text)
