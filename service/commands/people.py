"""`careers-faq people`: who may view, edit and publish content."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from index.storage.atomic_files import replace_file
from service.api.people import RECORDS, PeopleFileError, PersonRecord, Role, read_people
from service.settings import SettingsError, load_settings

app = typer.Typer(add_completion=False, no_args_is_help=True)
DEFAULT = Path("var/people.json")
ROLES = [role.name.lower() for role in Role]

_File = Annotated[
    Path | None,
    typer.Option("--file", help=f"File of the people; FAQ_PEOPLE_FILE or {DEFAULT} when left out."),
]


@app.callback()
def people() -> None:
    """Manage the people who may edit or publish content, and their roles.

    Example: careers-faq people add "Ann Lee" --role editor
    """


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The name that the history shows.")],
    role: Annotated[str, typer.Option(help=", ".join(ROLES))] = "editor",
    by_proxy: Annotated[
        bool, typer.Option("--by-proxy", help="Signed in by a trusted proxy, without a token.")
    ] = False,
    file: _File = None,
) -> None:
    """Add a person, or change a role; prints a new token, once.

    Example: careers-faq people add "Ann Lee" --role editor
    """
    token = secrets.token_urlsafe(24)
    digest = None if by_proxy else sha256(token.encode()).hexdigest()
    try:
        record = PersonRecord(name=name.strip(), role=role, token_sha256=digest)
    except ValidationError:
        raise typer.BadParameter(
            f"Write a name of 1 to 100 characters, and a role: {', '.join(ROLES)}."
        ) from None
    with _failures():
        path = _path(file)
        others = [person for person in read_people(path) if person.name != record.name]
        _write(path, [*others, record])
    typer.echo(f"{record.name} is {record.role} in {path}.")
    if not by_proxy:
        typer.echo(f"Here is the token, which I show only this once: {token}")


@app.command("list")
def list_people(file: _File = None) -> None:
    """List the people, with their roles.

    Example: careers-faq people list
    """
    with _failures():
        people = read_people(_path(file))
        if not people:
            typer.echo("Nobody is listed. Add somebody with: careers-faq people add NAME", err=True)
        for person in people:
            way = "by a token" if person.token_sha256 else "by a proxy"
            typer.echo(f"{person.name}\t{person.role}\t{way}")


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="The name as it was added.")], file: _File = None
) -> None:
    """Remove a person and end all of their sessions.

    Example: careers-faq people remove "Ann Lee"
    """
    with _failures():
        path = _path(file)
        known = read_people(path)
        if all(person.name != name for person in known):
            typer.echo(f"There's no {name} in {path}.", err=True)
            raise typer.Exit(1)
        _write(path, [person for person in known if person.name != name])
    typer.echo(f"I removed {name} from {path}.")


def _path(file: Path | None) -> Path:
    return file or load_settings().people_file or DEFAULT


def _write(path: Path, people: Sequence[PersonRecord]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, RECORDS.dump_json(list(people), indent=1))
    path.chmod(0o600)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None
    except (PeopleFileError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
