"""Commands about what is published: versions, diff, verify, serve."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Optional

import typer

from analytics.errors import VerificationError

SourceOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads it at run time
    typer.Option("--source", help="Source whose published site is meant."),
]
OutputOption = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads it at run time
    typer.Option("--output", help="Folder that was published into."),
]


def _public(context: typer.Context, source: str | None, output: Path | None) -> Path:
    from analytics.cli.output import public_folder
    from analytics.cli.project import read_project

    return public_folder(read_project(context.obj), source, output)


def versions(
    context: typer.Context, source: SourceOption = None, output: OutputOption = None
) -> None:
    """List the published versions, newest first."""
    from analytics.publish.tree import read_versions

    public = _public(context, source, output)
    known = read_versions(public)
    entries = () if known is None else known.entries
    if not entries:
        print(f"nothing is published in {public}")
    for entry in entries:
        mark = " (latest)" if known is not None and entry.name == known.latest else ""
        print(f"{entry.name}{mark}  created {entry.created}  {entry.renderer}  {entry.digest[:12]}")


def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(help="A version, such as 2024-05-31.")],
    new: Annotated[str, typer.Argument(help="Another version.")],
    source: SourceOption = None,
    output: OutputOption = None,
) -> None:
    """Show the numbers that changed between two versions."""
    from analytics.cli.differences import difference_lines
    from analytics.publish.differences import version_differences

    for line in difference_lines(version_differences(_public(context, source, output), old, new)):
        print(line)


def verify(
    context: typer.Context,
    version: Annotated[str | None, typer.Argument(help="One version; all if left out.")] = None,
    source: SourceOption = None,
    output: OutputOption = None,
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="Make the version again from its inputs and compare."),
    ] = False,
) -> None:
    """Compare every published file with its manifest, or with what its inputs make again."""
    from analytics.publish.verify import verified_site, verified_version

    public = _public(context, source, output)
    findings = verified_version(public, version) if version else verified_site(public)
    if rebuild and not findings:
        from analytics.cli.project import read_project
        from analytics.cli.rebuild import rebuilt_findings

        project = read_project(context.obj)
        findings = rebuilt_findings(project, public.resolve(), version or "latest")
        if not findings:
            print(f"{version or 'latest'} is what its inputs make again, byte for byte")
    for finding in findings:
        print(finding)
    if findings:
        raise VerificationError(
            f"{len(findings)} file(s) are not as they were published",
            remedy="Restore the version, or publish anew into another folder.",
        )
    print(f"{version or 'every version'} in {public} is as it was published")


def serve(
    context: typer.Context,
    source: SourceOption = None,
    output: OutputOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Listen on addresses other than localhost.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Render and reload what an edit makes stale.")
    ] = False,
) -> None:
    """Serve the published site on localhost."""
    from contextlib import ExitStack

    from analytics.publish.server import site_server

    public = _public(context, source, output)
    with ExitStack() as stack:
        live = None
        if watch:
            from analytics.cli.project import read_project
            from analytics.cli.watching import watched_site

            def told(line: str) -> None:
                print(line, flush=True)

            project = read_project(context.obj)
            live = stack.enter_context(watched_site(project, public, source, told))
        server = stack.enter_context(
            site_server(
                live.tree if live else public,
                host=host,
                port=port,
                allow_remote=allow_remote,
                live=live,
            )
        )
        shown = f"[{host}]" if ":" in host else host
        print(
            f"serving {public} on http://{shown}:{server.server_address[1]}/ (Ctrl-C to stop)",
            flush=True,
        )
        with suppress(KeyboardInterrupt):
            server.serve_forever()


def deploy(
    context: typer.Context,
    into: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time
        typer.Option("--into", help="Empty folder to copy the site into, for the host."),
    ] = None,
    live: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time
        typer.Option("--live", help="Address of the live site; site.url if left out."),
    ] = None,
    source: SourceOption = None,
    output: OutputOption = None,
) -> None:
    """Check that the published site may go live, and copy it for the host.

    Refused: a source that is not public, a file that is not as it was published, a version that
    the live site lists and the tree lacks.
    """
    from analytics.cli.project import read_project, source_name
    from analytics.pipeline import read_observed_source
    from analytics.publish.deploy import (
        read_live_versions,
        refuse_altered,
        refuse_lost_versions,
        refuse_private,
        write_deployable,
    )

    project = read_project(context.obj)
    public = _public(context, source, output)
    described = read_observed_source(project.root, source_name(project, source), project.settings)
    refuse_private(source=described.name, synthetic=described.synthetic, public=described.public)
    address = live or project.settings.site.url
    refuse_lost_versions(public, read_live_versions(address) if address else None)
    refuse_altered(public)
    if into is not None:
        write_deployable(public, into)
    print(f"{into or public} may go live")


def fetch(context: typer.Context, source: SourceOption = None) -> None:
    """Run the command of build.fetch, which brings new data into data/raw/<source>/."""
    from analytics.cli.fetching import fetch_data
    from analytics.cli.project import read_project

    print(fetch_data(read_project(context.obj), source))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (versions, diff, verify, serve, deploy, fetch):
        app.command()(command)
