"""Every change to the published tree, one operation each, so that tests can fail any of them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


class Files:
    """The operating system's files. But for the lock, nothing else changes a published tree."""

    def make_folder(self, path: Path) -> None:
        """Make a folder and its parents; one that exists is left alone."""
        path.mkdir(parents=True, exist_ok=True)

    def copy(self, source: Path, target: Path) -> None:
        """Copy a file's content, without its permissions and times."""
        shutil.copyfile(source, target, follow_symlinks=False)

    def share(self, source: Path, target: Path) -> None:
        """Give a file that never changes a second name; OSError where that cannot be."""
        os.link(source, target, follow_symlinks=False)

    def write(self, path: Path, content: bytes) -> None:
        """Write a whole file."""
        path.write_bytes(content)

    def sync(self, path: Path) -> None:
        """Have a file, or a folder's list of names, on the disk before going on."""
        if path.is_dir():
            if os.name == "nt":  # a folder cannot be opened there, and needs no sync
                return
            descriptor = os.open(path, os.O_RDONLY)
        else:
            descriptor = os.open(path, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Move a file or folder within the tree; a file or link that is there is replaced."""
        os.replace(source, target)

    def link(self, path: Path, target: str) -> None:
        """Make a symbolic link to a folder beside it."""
        path.symlink_to(target, target_is_directory=True)

    def remove(self, path: Path) -> None:
        """Remove a file, a link or a whole folder; what is not there is fine."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
