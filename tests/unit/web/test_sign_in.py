import anyio
import pytest

from service.web.sign_in import SECONDS, Sessions

TOKEN = "sesame-sesame-sesame"  # noqa: S105 - of the tests only


def test_session_holds_for_its_time_and_no_longer() -> None:
    now = 1000.0
    sessions = Sessions(TOKEN, now=lambda: now)
    cookie = sessions.begin()

    now = 1000.0 + SECONDS
    assert sessions.find(cookie) is not None
    now = 1001.0 + SECONDS
    assert sessions.find(cookie) is None


def test_another_token_ends_every_session() -> None:
    assert Sessions("another-token-of-ours").find(Sessions(TOKEN).begin()) is None


def test_every_worker_knows_a_session() -> None:
    assert Sessions(TOKEN).find(Sessions(TOKEN).begin()) is not None


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
    sessions = Sessions(TOKEN)
    assert callable(forge)

    assert sessions.find(forge(sessions.begin())) is None


def test_form_of_another_session_is_not_its_own() -> None:
    sessions = Sessions(TOKEN)
    mine, other = (sessions.find(sessions.begin()) for _ in range(2))
    assert mine
    assert other

    assert sessions.is_own_form(mine, mine.form_key)
    assert not sessions.is_own_form(mine, other.form_key)
    assert not sessions.is_own_form(mine, "é")


def test_tries_are_counted_for_each_client() -> None:
    sessions = Sessions(TOKEN)

    async def tries(client: str, times: int) -> list[bool]:
        return [await sessions.may_try(client) for _ in range(times)]

    assert anyio.run(tries, "a", 11) == [True] * 10 + [False]
    assert anyio.run(tries, "b", 1) == [True]
