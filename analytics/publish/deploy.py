"""What may be deployed: a whole tree of a public source, which loses no version that is live."""

from __future__ import annotations

import os
import shutil
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from analytics.errors import ExitCode, Place, PublishError, UsageError, VerificationError
from analytics.publish.tree import LATEST, read_versions
from analytics.publish.verify import verified_site
from analytics.publish.versions import VERSIONS_FILE, Versions, loaded_versions

_SECONDS = 30
_SHOWN = 5


class LiveSiteUnknown(PublishError):
    """The live site could not be asked; it may hold versions that a deploy would lose."""

    exit_code = ExitCode.VERIFICATION


def refuse_private(*, source: str, synthetic: bool, public: bool) -> None:
    """Raise UsageError where the source's settings do not say that its site may be public."""
    if not (synthetic or public):
        raise UsageError(
            f"the source {source} is not public: its site is not deployed",
            remedy="Write public = true into its source file, if everyone may see it.",
        )


def read_live_versions(address: str) -> Versions | None:
    """Return the versions that a live site lists; None where there is no site yet.

    Parameters
    ----------
    address : str
        Address of the published tree, or the path of a folder with one.

    Raises
    ------
    LiveSiteUnknown
        If it cannot be reached, or what it says cannot be read: not the same as no site.
    """
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        return read_versions(Path(address))
    url = f"{address.rstrip('/')}/{VERSIONS_FILE}"
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:
            return loaded_versions(answer.read())
    except urllib.error.HTTPError as error:
        if error.code in (404, 410):
            return None
        raise LiveSiteUnknown(f"the live site answers {error.code}: {url}") from error
    except (OSError, PublishError) as error:
        raise LiveSiteUnknown(f"the live site cannot be read: {error}: {url}") from error


def refuse_lost_versions(public: Path, live: Versions | None) -> None:
    """Raise VerificationError where a deploy would lose or change a version that is live."""
    here = read_versions(public)
    if here is None:
        raise PublishError("there is no published site", place=Place(file=str(public)))
    known = {entry.name: entry.manifest_digest for entry in here.entries}
    entries = () if live is None else live.entries
    lost = [entry.name for entry in entries if entry.name not in known]
    if lost:
        raise VerificationError(
            f"the live site lists {', '.join(lost[:_SHOWN])}, which the tree lacks",
            place=Place(file=str(public)),
            remedy="Restore all earlier versions before building, then deploy again.",
        )
    changed = [entry.name for entry in entries if known[entry.name] != entry.manifest_digest]
    if changed:
        raise VerificationError(
            f"the live site has other files in {', '.join(changed[:_SHOWN])} than the tree",
            place=Place(file=str(public)),
            remedy="Restore these versions as they are live, then deploy again.",
        )


def refuse_altered(public: Path) -> None:
    """Raise VerificationError where a file is not as it was published."""
    findings = verified_site(public)
    if findings:
        said = "; ".join(str(finding) for finding in findings[:_SHOWN])
        raise VerificationError(
            f"{len(findings)} file(s) are not as they were published: {said}",
            place=Place(file=str(public)),
        )


def write_deployable(public: Path, target: Path) -> None:
    """Copy a published tree for a host that knows no links and need not see the publisher's files.

    Raises
    ------
    UsageError
        If the folder holds anything, or lies in the tree.
    """
    if target.resolve().is_relative_to(public.resolve()):
        raise UsageError("a site is not deployed into itself", place=Place(file=str(target)))
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError("the folder is not empty", place=Place(file=str(target)))

    def left_out(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name.startswith(".")]

    shutil.copytree(public, target, ignore=left_out, symlinks=False, dirs_exist_ok=True)
    if not os.path.lexists(target / LATEST):
        raise PublishError("the tree has no latest version", place=Place(file=str(public)))
    # Hosts that make pages from Markdown would leave out what begins with an underscore.
    (target / ".nojekyll").write_text("", encoding="utf-8")
