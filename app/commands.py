"""The commands of `techex`. What a command needs is imported inside it: 0.1 s that `--help` need not take."""

# ruff: noqa: PLC0415

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from app.run.errors import StartError

if TYPE_CHECKING:
    from app.core.history.audit import AuditReport
    from app.core.settings import Settings

cli = typer.Typer(
    name="techex",
    help="Backend of a technology exchange. Settings come from the environment: DATABASE_URL and TECHEX_….",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
audit = typer.Typer(help="The audit log.", no_args_is_help=True)
search = typer.Typer(help="The indexes of search, on every engine.", no_args_is_help=True)
openapi = typer.Typer(help="The API's document.", no_args_is_help=True)
dossier = typer.Typer(help="Price dossiers.", no_args_is_help=True)
bootstrap = typer.Typer(help="The first user of an empty installation.", no_args_is_help=True)
cli.add_typer(audit, name="audit")
cli.add_typer(search, name="search")
cli.add_typer(openapi, name="openapi")
cli.add_typer(dossier, name="dossier")
cli.add_typer(bootstrap, name="bootstrap")

T = TypeVar("T")
_ROOT = Path(__file__).resolve().parents[1]


@cli.command()
def run(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(help="Port of the API; 0 takes a free one (TECHEX_PORT; 8000).")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of all data (TECHEX_DATA_DIR; .data).")] = None,
    demo: Annotated[bool, typer.Option(help="Play the demonstration on an empty database.")] = True,
) -> None:
    """Run everything on this machine: database, API, worker. Ctrl-C stops it.

    A sandbox unless TECHEX_ENVIRONMENT says production.
    """
    os.environ.setdefault("TECHEX_ENVIRONMENT", "sandbox")
    if port is not None:
        os.environ["TECHEX_PORT"] = str(port)
    if data_dir is not None:
        os.environ["TECHEX_DATA_DIR"] = str(data_dir)
    settings = _settings()
    from app.run.processes.supervisor import Supervisor

    Supervisor(settings, api=context.obj, demo=demo).run()


@cli.command()
def serve() -> None:
    """Serve the API alone, on a migrated database named by DATABASE_URL."""
    settings = _with_database()
    from app.run.processes.serving import serve as serve_api

    serve_api(settings)


@cli.command()
def worker() -> None:
    """Do the background work alone, on a migrated database named by DATABASE_URL."""
    settings = _with_database()
    from app.run.processes.serving import load_worker, work

    work(settings, load_worker())


@cli.command()
def migrate(
    application_role: Annotated[
        str | None, typer.Option(help="Role of the API and the worker, which is given its rights on the tables.")
    ] = None,
) -> None:
    """Bring the database to this release's revision."""
    from app.run.postgres.database import bring_up_to_date, database_for
    from app.run.postgres.roles import grant_application

    with database_for(_settings()) as settings:
        migrated = bring_up_to_date(_url(settings))
        if application_role is not None:
            grant_application(_url(settings), application_role)
    typer.echo("database migrated." if migrated else "database is up to date.")


@cli.command()
def advance() -> None:
    """After a dump was restored into another server: let its transaction counter go on from where the old one stood."""
    from app.run.postgres.database import advance_counter, database_for

    with database_for(_settings()) as settings:
        used = advance_counter(_url(settings), typer.echo)
    typer.echo("the counter stands above every event." if used else "the counter stood above every event already.")


_KeysFolder = Annotated[Path | None, typer.Option("--keys", help="Folder of the exchange's two keys.")]


@cli.command()
def backup(folder: Annotated[Path, typer.Argument(help="A new folder.")], keys: _KeysFolder = None) -> None:
    """Back up the database and the documents into a new folder, and the keys into another."""
    from app.run.backups import back_up
    from app.run.postgres.database import database_for

    with database_for(_settings()) as settings:
        back_up(settings, folder, keys, typer.echo)


@cli.command("restore")
def restore_backup(
    folder: Annotated[Path, typer.Argument(help="The folder of a backup.")], keys: _KeysFolder = None
) -> None:
    """Restore a backup into an empty database and store, and check all of it."""
    from app.run.backups import restore
    from app.run.postgres.database import database_for

    with database_for(_settings()) as settings:
        restore(settings, folder, keys, typer.echo)


@cli.command("keys")
def show_keys(
    compose: Annotated[
        bool, typer.Option("--compose", help="Also the database passwords that compose.yaml asks for.")
    ] = False,
) -> None:
    """Print fresh keys of the exchange, as lines for the environment of every API and worker process.

    Nothing is stored. Keep them: what was sealed with a lost key cannot be opened.
    """
    from app.run.fresh_keys import lines

    for line in lines(compose=compose):
        typer.echo(line)


@cli.command("invitation")
def make_invitation_secret() -> None:
    """Make a secret of your own for an invitation: tell its fingerprint to the operator, and the secret to nobody.

    Nothing is stored or sent. With the secret you make your first key, once you are invited.
    """
    from app.identity.rules import digest_of, new_secret

    secret = new_secret("ti_")
    typer.echo(f"secret {secret}")
    typer.echo(f"fingerprint {digest_of(secret).hex()}")


@cli.command("hooks")
def show_hooks() -> None:
    """Print what follows what: each hook with its followers in order, each port with who provides for which key."""
    from app import wiring

    for line in wiring.overview():
        typer.echo(line)


@audit.command()
def verify(
    head: Annotated[str | None, typer.Option(help="A head noted earlier, which must still be in the chain.")] = None,
    state: Annotated[bool, typer.Option("--state", help="Hold every row against what the events say of it.")] = False,
    anchors: Annotated[
        Path | None, typer.Option(help="The file of TECHEX_ANCHOR_FILE, from where it was kept: each line must hold.")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="A public key in hex that signed anchors, besides that of the settings.")
    ] = None,
) -> None:
    """Check the hash chain of the audit log: status 0 if it holds, 1 with each problem if it does not.

    It reads the whole log, with --state also every row; what it is at is told on standard error.
    """
    from app.core.history.audit import verify as verify_chain

    further = []
    if state:
        from app import wiring
        from app.core.history.state import against_rows

        wiring.connect()
        further.append(against_rows(wiring.tables(), lambda line: typer.echo(line, err=True)))
    lines = [] if anchors is None else _read_text(anchors).splitlines()
    trusted = [_public_key(text) for text in key or ()]

    async def check(settings: "Settings") -> "AuditReport":
        if anchors is not None:
            from app.system.anchors.checking import against_anchors, known_keys

            further.append(against_anchors(lines, known_keys(settings, trusted)))
        return await verify_chain(settings, head, further)

    report = _on_database(check)
    typer.echo(f"sealed {report.sealed}, not yet sealed {report.unsealed}, head {report.head}")
    if report.rows is not None:
        typer.echo(f"{report.rows} rows held against their events")
    if report.anchors is not None:
        typer.echo(f"{report.anchors} anchors held against the chain")
    for note in report.notes:
        typer.echo(note)
    for problem in report.problems:
        typer.echo(problem, err=True)
    typer.echo("the audit chain holds." if report.ok else "the audit chain is BROKEN.", err=not report.ok)
    raise typer.Exit(0 if report.ok else 1)


_Indexes = Annotated[list[str] | None, typer.Option("--index", help="Only this index; may be repeated.")]


@search.command("rebuild")
def rebuild_search(names: _Indexes = None) -> None:
    """Fill the indexes again next to those that are searched, and swap them in. What changes meanwhile is in them."""
    from rich.progress import Progress, TextColumn

    from app.finding.keeping.commands import rebuild
    from app.finding.keeping.rebuilding import RebuildRunsError
    from search.engine import EngineDown

    chosen = _known_indexes(names)
    with Progress(*Progress.get_default_columns()[:1], TextColumn("{task.completed} documents")) as shown:
        tasks: dict[str, Any] = {}

        def tell(what: str, count: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=None)
            shown.update(tasks[what], completed=count)

        try:
            _on_database(lambda settings: rebuild(settings, chosen, tell))
        except RebuildRunsError as error:
            raise StartError(f"Another process fills the indexes of {error} at the moment; try again later.") from None
        except EngineDown as error:
            raise StartError(f"An engine does not answer; what is searched is as it was: {error}") from None
    typer.echo(f"filled again: {', '.join(chosen)}")


@search.command("check")
def check_search(
    names: _Indexes = None,
    mend: Annotated[bool, typer.Option(help="Put right what differs.")] = True,
) -> None:
    """Compare the indexes with the database, and mend them: status 0 if they agreed, 1 if they did not."""
    from app.finding.keeping.commands import check
    from search.engine import EngineDown

    chosen = _known_indexes(names)
    try:
        found = _on_database(lambda settings: check(settings, chosen, mend=mend))
    except EngineDown as error:
        raise StartError(f"An engine does not answer: {error}") from None
    for engine, each in found:
        told = f"{each.missing} missing, {each.different} different, {each.extra} too many"
        typer.echo(f"{engine}: {each.index}: {each.public} public, {'as it should be' if each.is_true else told}")
    raise typer.Exit(0 if all(each.is_true for _, each in found) else 1)


def _known_indexes(names: list[str] | None) -> list[str]:
    from app.finding.sources import NAMES

    unknown = sorted(set(names or ()).difference(NAMES))
    if unknown:
        raise StartError(f"There is no index {unknown[0]!r}; there are: {', '.join(NAMES)}.")
    return names or list(NAMES)


@cli.command("verify")
def verify_auction(
    transcript: Annotated[Path, typer.Argument(help="The transcript of an auction, as the exchange publishes it.")],
    receipt: Annotated[list[Path] | None, typer.Option(help="A receipt that must be in it, or a refusal.")] = None,
    key: Annotated[list[str] | None, typer.Option(help="The exchange's public key in hex, from elsewhere.")] = None,
) -> None:
    """Check an auction's transcript offline and decide every bid again. Needs no database and no settings.

    Status 0 if it holds, 1 with each problem if it does not, 3 if it holds in itself and proves less: signed by an
    unknown key (no --key), or open with a head of the old form, after which entries may have been cut off.
    """
    from app.pricing.auction.proof.transcript import verify_transcript

    keys = [_public_key(text) for text in key] if key else None
    report = verify_transcript(_read_json(transcript), [_read_json(path) for path in receipt or ()], keys)
    typer.echo(f"{report.entries} entries, {report.bids} bids decided again, {report.receipts} receipts")
    typer.echo(f"head {report.head}")
    for seq, why in sorted(report.voided.items()):
        typer.echo(f"the bid of entry {seq} does not count: {why}")
    typer.echo(f"the auction is {report.state}" + (f": {report.ending}" if report.ending else ""))
    if not report.trusted:
        typer.echo("signed by an unknown key: give the exchange's with --key, from elsewhere.", err=True)
    if report.old_head:
        typer.echo("its head is of the old form, a receipt: entries after it may have been cut off.", err=True)
    if report.unchecked:
        typer.echo(f"{report.unchecked} prices rest on maxima that are secret until the close: checked within bounds.")
    for seq, problem in report.problems:
        typer.echo(f"entry {seq}: {problem}" if seq else problem, err=True)
    raise typer.Exit(_verdict("the transcript", ok=report.ok, proven=report.proven))


@dossier.command("verify")
def verify_dossier(
    bundle: Annotated[Path, typer.Argument(help="The bundle.zip of an export.")],
    sha256: Annotated[str | None, typer.Option(help="Its SHA-256 as the exchange has it on record.")] = None,
    key: Annotated[str | None, typer.Option(help="The exchange's public key as it is on record.")] = None,
) -> None:
    """Check a bundle offline.

    Status 0 if it is as it was made, 1 with each problem if it is not, 3 if it holds in itself and is signed by an
    unknown key: neither --key nor --sha256 was given.
    """
    from app.dossiers.verification.checking import verify as verify_bundle

    report = verify_bundle(bundle, sha256, key)
    typer.echo(
        f"deal {report.deal}, audit chain {report.sealed} {report.head}\nsigned by {report.public_key}\n"
        f"events recomputed {report.recomputed}, hash alone {report.alone}, not sealed yet {report.unsealed}\n"
        f"bids decided again {report.bids}"
    )
    if not report.trusted:
        typer.echo("signed by an unknown key: give the exchange's with --key, or the bundle's --sha256.", err=True)
    for problem in report.problems:
        typer.echo(problem, err=True)
    raise typer.Exit(_verdict("the dossier", ok=report.ok, proven=report.ok and report.trusted))


@openapi.command()
def export(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = _ROOT / "openapi" / "openapi.json",
) -> None:
    """Write the OpenAPI document, keys sorted, so that two exports of one release are equal byte for byte."""
    from app.run.documents import openapi_text

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(openapi_text(), encoding="utf-8")
    typer.echo(str(path))


@bootstrap.command()
def operator(name: Annotated[str, typer.Argument(help="The person's name.")]) -> None:
    """Create the first operator and print the key, which is not stored and cannot be shown again."""
    from app.identity.bootstrap import create_operator

    async def create(settings: "Settings") -> str:
        return await create_operator(settings, name)

    typer.echo(_on_database(create))


def _on_database(use: Callable[["Settings"], Coroutine[Any, Any, T]]) -> T:
    """Run `use` on the database, which is checked to be of this release and never migrated on the way."""
    from app.run.postgres.database import database_for, require_current

    with database_for(_settings()) as settings:
        require_current(_url(settings))
        return asyncio.run(use(settings))


def _verdict(what: str, *, ok: bool, proven: bool) -> int:
    """Say what a check offline found; answers the status."""
    if not ok:
        typer.echo(f"{what} does NOT hold.", err=True)
        return 1
    if not proven:
        typer.echo(f"{what} holds in itself, and is NOT proven.", err=True)
        return 3
    typer.echo(f"{what} holds.")
    return 0


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise StartError(f"{path} cannot be read: {error}") from None


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (OSError, ValueError, RecursionError) as error:
        raise StartError(f"{path} cannot be read as JSON: {error}") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object without doubt: a name that stands twice in it would be read in two ways by two readers."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _public_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise StartError("a key is given as 64 hex characters.")
    return key


def _settings() -> "Settings":
    from pydantic import ValidationError

    from app.core.settings import get_settings
    from app.run.checks import check_folders, check_names, variable_of

    check_names(os.environ)
    try:
        settings = get_settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = variable_of("_".join(str(part) for part in first["loc"][:1]))
        raise StartError(f"{name or 'The settings'} cannot be taken: {first['msg']}") from None
    check_folders(settings)
    return settings


def _with_database() -> "Settings":
    """The settings of a process that brings no database along, which is checked: nobody has looked at it before."""
    settings = _settings()
    if settings.database_url is None:
        raise StartError("DATABASE_URL is not set; set it, or use `techex run`, which brings a database along.")
    from app.run.postgres.database import require_current

    require_current(_url(settings), newer_allowed=True, environment=settings.environment)
    return settings


def _url(settings: "Settings") -> str:
    return settings.database_url.get_secret_value() if settings.database_url else ""
