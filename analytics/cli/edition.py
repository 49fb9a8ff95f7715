"""What a version is called and says of itself: names, addresses, summary, link preview."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analytics.cli.project import ProjectFolder

if TYPE_CHECKING:
    from analytics.pipeline.downloads import Edition
    from analytics.results import SourceFacts

PREVIEW = "site/assets/preview.png"
# Names the folder of the results to the kernels of pages.
RESULTS = "ANALYTICS_RESULTS"


def site_title(project: ProjectFolder, facts: SourceFacts) -> str:
    """Return the name on every page: the settings' for their own source, else the source's."""
    own = facts.name == Path(project.settings.build.source).stem
    return project.settings.site.title if own else facts.title


def write_names(staged: Path, project: ProjectFolder, facts: SourceFacts) -> None:
    """Have the staged site bear the shop's name and address instead of the documents' own.

    The address of a page is that under `latest`, which stays when there are newer versions.
    """
    import yaml

    configuration = staged / "_quarto.yml"
    content = yaml.safe_load(configuration.read_text(encoding="utf-8"))
    website, site = content["website"], project.settings.site
    website["title"] = site_title(project, facts)
    website["description"] = site.description
    if site.url:
        website |= {
            "site-url": f"{site.url.rstrip('/')}/latest",
            "image": PREVIEW,
            "open-graph": True,
            "twitter-card": True,
        }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    configuration.write_text(text, encoding="utf-8", newline="\n")


def permalink(project: ProjectFolder, version: str) -> str:
    """Return the address of a version, with a slash at its end; its path where none is set."""
    base = project.settings.site.url.rstrip("/")
    return f"{base}/{version}/" if base else f"{version}/"


def written_edition(
    project: ProjectFolder,
    facts: SourceFacts,
    *,
    version: str,
    results: Path,
    staged: Path,
    earlier: Path | None,
) -> Edition:
    """Return the edition with its summary as PDF and Markdown; write the link preview.

    Parameters
    ----------
    project, facts : ProjectFolder, SourceFacts
        What the site is of.
    version : str
        Name of the version.
    results : Path
        The stored results.
    staged : Path
        The staged documents.
    earlier : Path or None
        Downloads of the version published before.
    """
    from analytics.pipeline.downloads import Edition
    from analytics.presentation.context import results_at
    from analytics.presentation.summary import summary, summary_markdown
    from analytics.render.summary import preview_png, summary_pdf

    site, address = site_title(project, facts), permalink(project, version)
    with results_at(results):
        content = summary()
        pdf = summary_pdf(content, site=site, version=version, permalink=address)
    preview = staged / PREVIEW
    preview.parent.mkdir(parents=True, exist_ok=True)
    preview.write_bytes(preview_png(content, site=site))
    text = summary_markdown(content, version=version, permalink=address)
    return Edition(
        version=version,
        site=site,
        permalink=address,
        earlier=earlier,
        documents={"summary.pdf": pdf, "summary.md": text.encode()},
    )
