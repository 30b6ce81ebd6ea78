"""The shared HTTP behaviour, against a local server with scripted answers."""

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from scripted_server import RESET, Answer, scripted_server

from ingestion.http import UNREACHABLE_ATTEMPTS, HttpError, JsonApi, retry_after
from runtime.errors import AuthenticationError, SourceError

SECRET = "s3cr3t-of-the-client"
GOOD = Answer({"rows": [1]})
HTML = Answer(b"<html>We'll be right back</html>", headers={"Content-Type": "text/html"})


class VendorApi(JsonApi):
    source = "zendesk"

    def __init__(self, host):
        super().__init__(host, SECRET)
        self.signed_in = 0
        self.waits = []
        self.sleep = self.waits.append

    def sign_in(self):
        self.signed_in += 1
        return {"Authorization": f"Bearer token-{self.signed_in}"}


class TokenApi(VendorApi):
    def sign_in(self):
        answer = self.fetch_token("/token", json={"client_secret": SECRET})
        return {"Authorization": f"Bearer {answer['access_token']}"}


def test_a_good_answer_needs_one_signed_request():
    with scripted_server(GOOD) as server:
        api = VendorApi(server.url + "/")
        assert api.get("/rows", "rows", a="1+1", absent=None) == {"rows": [1]}
    method, path, headers, _ = server.requests[0]
    assert (method, path) == ("GET", "/rows?a=1%2B1")
    assert headers["Authorization"] == "Bearer token-1"
    assert "customer-success-warehouse" in headers["User-Agent"]
    assert api.waits == []


def test_netrc_does_not_replace_the_signature(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else")
    monkeypatch.setenv("NETRC", str(netrc))
    with scripted_server(GOOD) as server:
        VendorApi(server.url).get("/rows", "rows")
    assert server.requests[0][2]["Authorization"] == "Bearer token-1"


@pytest.mark.parametrize(
    "failure",
    [
        RESET,
        HTML,
        Answer({"rows": [1]}, cut=4),
        Answer(b'{"rows": [1'),
        *(Answer(status=status) for status in (408, 409, 423, 429, 477, 500, 502, 503, 520, 524)),
    ],
)
def test_what_passes_by_itself_is_asked_again(failure):
    with scripted_server(failure, failure, GOOD) as server:
        api = VendorApi(server.url)
        assert api.get("/rows", "rows") == {"rows": [1]}
    assert len(api.waits) == 2
    assert 1 <= api.waits[0] <= 1.25
    assert 2 <= api.waits[1] <= 2.5


def test_each_retry_is_logged_with_vendor_object_status_and_wait(caplog):
    with scripted_server(Answer(status=503), GOOD) as server:
        VendorApi(server.url).get("/rows", "tickets")
    (record,) = caplog.records
    assert record.getMessage().startswith("zendesk / tickets: HTTP 503 from 127.0.0.1:")
    assert "attempt 1 of 7, next in 1." in record.getMessage()


def test_the_vendors_wait_is_kept_and_capped():
    hours = Answer(status=429, headers={"Retry-After": "36000"})
    seconds = Answer(status=429, headers={"Retry-After": "7"})
    with scripted_server(seconds, hours, GOOD) as server:
        api = VendorApi(server.url)
        api.get("/rows", "rows")
    assert 7 <= api.waits[0] <= 8.75
    assert api.waits[1] == api.max_wait


def test_waiting_has_a_budget():
    busy = Answer(status=429, headers={"Retry-After": "100"})
    with scripted_server(*[busy] * 9) as server:
        api = VendorApi(server.url)
        api.max_attempts, api.wait_budget = 9, 250.0
        with pytest.raises(SourceError, match=r"429 .* 3 attempts .* busy or down; run again"):
            api.get("/rows", "rows")
    assert len(api.waits) == 2


def test_attempts_have_a_limit_and_the_error_says_where_it_failed():
    with scripted_server(*[HTML] * 7) as server:
        api = VendorApi(server.url)
        with pytest.raises(SourceError, match=r"zendesk / rows: HTTP 200 .* not JSON") as caught:
            api.get("/rows", "rows")
    assert len(server.requests) == 7
    assert "`zendesk_default`" in str(caught.value)


def test_an_unreachable_host_is_named():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        api = VendorApi(f"http://{address}")
        with pytest.raises(SourceError, match=f"{address} .*`zendesk_default`"):
            api.get("/rows?key=1", "rows")
    assert len(api.waits) == UNREACHABLE_ATTEMPTS - 1


def test_a_refusal_is_not_asked_again_and_carries_its_body():
    body = {"error": "InvalidValue", "description": "no such field"}
    with (
        scripted_server(Answer(body, status=400)) as server,
        pytest.raises(HttpError, match=r"HTTP 400 .*InvalidValue, no such field") as caught,
    ):
        VendorApi(server.url).get("/rows", "rows")
    assert (caught.value.status, caught.value.body) == (400, body)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "hint"), [(403, "read access"), (404, "host and api_version"), (410, "api_version")]
)
def test_a_refusal_says_what_to_do(status, hint):
    with (
        scripted_server(Answer(status=status)) as server,
        pytest.raises(HttpError, match=f"{hint}.*") as caught,
    ):
        VendorApi(server.url).get("/rows", "rows")
    assert "`zendesk_default`" in str(caught.value)


def test_an_ended_token_is_renewed_once_for_each_request():
    ended = Answer(status=401)
    with scripted_server(GOOD, ended, GOOD, ended, GOOD) as server:
        api = VendorApi(server.url)
        for _ in range(3):
            assert api.get("/rows", "rows") == {"rows": [1]}
    sent = [headers["Authorization"][-1] for _, _, headers, _ in server.requests]
    assert sent == ["1", "1", "2", "2", "3"]
    assert api.waits == []


def test_signing_in_again_costs_neither_an_attempt_nor_a_wait():
    busy, ended = Answer(status=503), Answer(status=401)
    with scripted_server(busy, ended, busy, GOOD) as server:
        api = VendorApi(server.url)
        api.max_attempts = 3
        assert api.get("/rows", "rows") == {"rows": [1]}
    assert len(api.waits) == 2
    assert 2 <= api.waits[1] <= 2.5
    assert api.signed_in == 2


def test_a_token_refused_twice_is_an_authentication_error():
    with (
        scripted_server(*[Answer({"error": "invalid_token"}, status=401)] * 2) as server,
        pytest.raises(AuthenticationError, match=r"invalid_token.*`zendesk_default`"),
    ):
        VendorApi(server.url).get("/rows", "rows")
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 403])
def test_bad_credentials_name_the_connection_and_hide_the_secret(status, caplog):
    refused = Answer({"error": "invalid_client", "error_description": SECRET}, status=status)
    with (
        scripted_server(refused) as server,
        pytest.raises(AuthenticationError, match=r"login and password .*`zendesk_default`") as e,
    ):
        TokenApi(server.url).get("/rows", "rows")
    assert SECRET not in str(e.value) + caplog.text


def test_tokens_are_hidden_like_secrets(caplog):
    token = "abc-the-token"
    echo = {"error": f"Bearer {token} and {token} refused", "message": f"client_secret={SECRET}"}
    answers = [
        Answer({"access_token": token, "refresh_token": "def-the-other"}),
        Answer(echo, status=503),
        Answer(echo | {"description": "def-the-other"}, status=400),
    ]
    with scripted_server(*answers) as server, pytest.raises(HttpError) as caught:
        TokenApi(server.url).get("/rows", "rows")
    shown = str(caught.value) + caplog.text
    assert "***" in shown
    assert not [secret for secret in (token, SECRET, "def-the-other") if secret in shown]


@given(st.from_regex(r"[A-Za-z0-9_\-.]{8,40}", fullmatch=True))
def test_anything_that_looks_like_a_credential_is_hidden(value):
    api = VendorApi("127.0.0.1")
    for text in (
        f"GET /x?access_token={value}&a=1",
        f'{{"client_secret": "{value}"}}',
        f"Authorization: Bearer {value}",
        f"password={value}; next",
    ):
        assert value not in api.redact(text).replace("***", "")


def test_the_error_has_no_cause_that_shows_the_url():
    api = VendorApi("http://127.0.0.1:1")
    api.max_attempts = 1
    with pytest.raises(SourceError) as caught:
        api.get("/rows?token=visible", "rows")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "visible" not in str(caught.value)


@pytest.mark.parametrize("host", ["", "http://", "ht!tp://x"])
def test_a_host_that_is_none_fails_at_once(host):
    with pytest.raises(SourceError, match=r"host .*`zendesk_default`"):
        VendorApi(host).get("/rows", "rows")


def test_a_bare_host_means_https():
    assert VendorApi("acme.zendesk.com").base_url == "https://acme.zendesk.com"


NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("12", 12),
        ("1.5", 1.5),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0),
        ("soon", None),
        ("-3", None),
        ("", None),
        ("Mon, 01 Jan 2026 00:00:00 +9999999999999999", None),
    ],
)
def test_retry_after(value, seconds):
    response = requests.Response()
    response.headers.update({"Retry-After": value, "Date": format_datetime(NOW, usegmt=True)})
    assert retry_after(response) == seconds


def test_a_token_goes_to_no_other_host():
    with scripted_server(GOOD) as server, scripted_server(GOOD) as other:
        with pytest.raises(SourceError, match=f"an answer leads to 127.0.0.1:{other.url[-5:]}"):
            VendorApi(server.url).get(f"{other.url}/rows", "rows")
        assert VendorApi(server.url).get(f"{server.url}/rows", "rows") == {"rows": [1]}
    assert other.requests == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_secret_does_not_follow_a_redirected_sign_in(status):
    with scripted_server(Answer({"access_token": "t"})) as elsewhere, scripted_server() as server:
        server.answers = [Answer(status=status, headers={"Location": f"{elsewhere.url}/token"})]
        with pytest.raises(HttpError, match=rf"HTTP {status}: .* elsewhere → check the host"):
            TokenApi(server.url).get("/rows", "rows")
    assert elsewhere.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_does_not_follow_a_redirect_to_another_address(status):
    with scripted_server(GOOD) as elsewhere, scripted_server() as server:
        for there in (elsewhere.url, elsewhere.url.replace("127.0.0.1", "localhost")):
            server.answers = [Answer(status=status, headers={"Location": f"{there}/rows"})]
            with pytest.raises(HttpError, match=rf"HTTP {status}: .* elsewhere → check the host"):
                VendorApi(server.url).get("/rows", "rows")
    assert elsewhere.requests == []


@pytest.mark.parametrize("location", ["/other", "other?a=1", "{url}/other"])
def test_a_read_follows_a_redirect_on_the_vendors_host(location):
    with scripted_server() as server:
        moved = Answer(status=307, headers={"Location": location.format(url=server.url)})
        server.answers = [moved, GOOD]
        assert VendorApi(server.url).get("/rows", "rows") == {"rows": [1]}
    assert server.requests[1][1].startswith("/other")
    assert server.requests[1][2]["Authorization"] == "Bearer token-1"


def test_a_second_redirect_does_not_leave_the_host_either():
    with scripted_server(GOOD) as elsewhere, scripted_server() as server:
        server.answers = [
            Answer(status=302, headers={"Location": "/other"}),
            Answer(status=302, headers={"Location": f"{elsewhere.url}/rows"}),
        ]
        with pytest.raises(HttpError, match="elsewhere"):
            VendorApi(server.url).get("/rows", "rows")
    assert elsewhere.requests == []
