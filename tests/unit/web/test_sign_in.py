from pathlib import Path

import anyio
import pytest

from service.api.people import RECORDS, People, Person, PersonRecord, Role
from service.web.sign_in import SECONDS, Sessions

TOKEN = "sesame-sesame-sesame"  # noqa: S105 - of the tests only
NOBODY = People(None, ())
ADMIN = Person("administrator", Role.ADMINISTRATOR)


def test_session_holds_for_its_time_and_no_longer() -> None:
    now = 1000.0
    sessions = Sessions(TOKEN, NOBODY, now=lambda: now)
    cookie = sessions.begin(ADMIN)

    now = 1000.0 + SECONDS
    assert sessions.find(cookie) is not None
    now = 1001.0 + SECONDS
    assert sessions.find(cookie) is None


def test_session_of_a_person_ends_with_their_token(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    first, second = (PersonRecord(name="Ann", role="editor", token_sha256=c * 64) for c in "ab")
    path.write_bytes(RECORDS.dump_json([first]))
    sessions = Sessions(TOKEN, People(path, ()))
    cookie = sessions.begin(first.person)

    session = sessions.find(cookie)
    assert session is not None
    assert session.person == first.person
    path.write_bytes(RECORDS.dump_json([second]))
    assert sessions.find(cookie) is None
    path.unlink()
    assert sessions.find(cookie) is None


def test_another_token_ends_every_session() -> None:
    assert (
        Sessions("another-token-of-ours", NOBODY).find(Sessions(TOKEN, NOBODY).begin(ADMIN)) is None
    )


def test_every_worker_knows_a_session() -> None:
    assert Sessions(TOKEN, NOBODY).find(Sessions(TOKEN, NOBODY).begin(ADMIN)) is not None


@pytest.mark.parametrize(
    "forge",
    [
        lambda cookie: "",
        lambda cookie: "x",
        lambda cookie: "é.ü.ö",
        # Not the last one, of which some bits count for nothing.
        lambda cookie: cookie[:-2] + ("0" if cookie[-2] != "0" else "1") + cookie[-1],
        lambda cookie: "9" + cookie,
        lambda cookie: cookie.partition(".")[2],
    ],
)
def test_cookie_that_we_did_not_sign_is_no_session(forge: object) -> None:
    sessions = Sessions(TOKEN, NOBODY)
    assert callable(forge)

    assert sessions.find(forge(sessions.begin(ADMIN))) is None


def test_form_of_another_session_is_not_its_own() -> None:
    sessions = Sessions(TOKEN, NOBODY)
    mine, other = (sessions.find(sessions.begin(ADMIN)) for _ in range(2))
    assert mine
    assert other

    assert sessions.is_own_form(mine, mine.form_key)
    assert not sessions.is_own_form(mine, other.form_key)
    assert not sessions.is_own_form(mine, "é")


def test_tries_are_counted_for_each_client() -> None:
    sessions = Sessions(TOKEN, NOBODY)

    async def tries(client: str, times: int) -> list[bool]:
        return [await sessions.may_try(client) for _ in range(times)]

    assert anyio.run(tries, "a", 11) == [True] * 10 + [False]
    assert anyio.run(tries, "b", 1) == [True]
