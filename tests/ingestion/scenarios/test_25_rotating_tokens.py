"""Scenario 25: a refresh token is good for one exchange; its successor must not be lost."""

import json
import stat
import threading

import pytest
from conftest import Daily

from ingestion.tokens import TokenStore
from runtime.errors import AuthenticationError
from sandbox.zendesk import credentials

TICKETS = [{"id": 1, "status": "open", "generated_timestamp": 1_793_491_200}]


@pytest.fixture
def daily(play) -> Daily:
    account = play({"zendesk/tickets": TICKETS})
    account.world.refresh_tokens.clear()
    account.extra["zendesk"] = {"refresh_token": credentials.REFRESH_TOKEN}
    yield account
    account.world.refresh_tokens.clear()


def exchanges(daily):
    return [r for r in daily.requests("zendesk") if r["path"] == "/oauth/tokens"]


def test_the_pair_outlives_the_run(daily):
    for day in ("2026-11-01", "2026-11-02", "2026-11-03"):
        daily.run(day, "zendesk.tickets")
    assert len(exchanges(daily)) == 1  # the token lives two days of the real clock
    kept = daily.context.settings.home / "tokens" / "zendesk.json"
    assert json.loads(kept.read_text())["refresh_token"] == daily.world.refresh_tokens["zendesk"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_revoked_token_is_exchanged_by_the_kept_refresh_token(daily):
    daily.run("2026-11-01", "zendesk.tickets")
    daily.set_faults({"n": 1, "vendor": "zendesk", "fault": "unauthorized"})
    daily.run("2026-11-02", "zendesk.tickets")
    assert [r["status"] for r in exchanges(daily)] == [200, 200]


def test_a_lost_pair_is_explained_and_a_new_authorisation_cures_it(daily):
    """Killed between the vendor's answer and our file: nobody has the new pair."""
    daily.world.rotate_token("zendesk", credentials.REFRESH_TOKEN, credentials.REFRESH_TOKEN)
    with pytest.raises(AuthenticationError, match=r"invalid_grant.*new refresh_token") as caught:
        daily.run("2026-11-01", "zendesk.tickets")
    assert credentials.REFRESH_TOKEN not in str(caught.value)
    daily.extra["zendesk"] = {"refresh_token": daily.world.refresh_tokens["zendesk"]}
    daily.run("2026-11-01", "zendesk.tickets")
    assert len(daily.state("zendesk.tickets")) == 1


def test_a_new_refresh_token_in_the_connection_takes_the_place_of_the_file(daily):
    daily.run("2026-11-01", "zendesk.tickets")
    daily.world.refresh_tokens["zendesk"] = "authorised-again"
    daily.world.revoke_tokens("zendesk")
    daily.extra["zendesk"] = {"refresh_token": "authorised-again"}
    daily.run("2026-11-02", "zendesk.tickets")
    assert [r["status"] for r in exchanges(daily)] == [200, 200]


def test_objects_read_side_by_side_share_one_exchange(tmp_path):
    """One writer: who finds a newer token in the file uses it."""
    given, good = [], ["first"]

    def renew(refresh_token):
        assert refresh_token == good[-1], "a used refresh token was sent again"
        good.append(f"refresh-{len(good)}")
        return {"access_token": f"a{len(good)}", "refresh_token": good[-1], "expires_in": 3600}

    def work():
        given.append(TokenStore(tmp_path / "pair.json", "first").access_token(None, renew))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(given) == {"a2"}


def test_an_old_token_is_renewed_and_a_refused_one_too(tmp_path):
    store = TokenStore(tmp_path / "pair.json", "first")
    answers = iter([("a", 30), ("b", 3600), ("c", 3600)])

    def renew(_):
        access_token, lifetime = next(answers)
        return {"access_token": access_token, "refresh_token": "r", "expires_in": lifetime}

    assert store.access_token(None, renew) == "a"
    assert store.access_token(None, renew) == "b"
    assert store.access_token(None, renew) == "b"
    assert store.access_token("b", renew) == "c"


def test_the_legacy_api_token_still_works(daily):
    login = {"login": credentials.EMAIL, "password": credentials.API_TOKEN}
    daily.connection = lambda source: type(Daily.connection(daily, source))(
        daily.url, **login, extra={"auth": "api_token"}
    )
    daily.run("2026-11-01", "zendesk.tickets")
    assert exchanges(daily) == []
    assert len(daily.state("zendesk.tickets")) == 1
