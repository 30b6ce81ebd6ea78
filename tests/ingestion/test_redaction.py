"""What looks like a credential is masked, whoever wrote the text."""

import pytest

from runtime.redaction import redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "postgresql://reader:s3cret@db:5432/x refused",
            "postgresql://reader:***@db:5432/x refused",
        ),
        ("at sftp://u:p@w0rd@host/in", "at sftp://u:***@host/in"),
        ("https://host:8080/path?page=2 and a@b.jp", "https://host:8080/path?page=2 and a@b.jp"),
        ('{"refresh_token": "abc"}', '{"refresh_token": "***"}'),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
    ],
)
def test_credentials_are_masked(text, shown):
    assert redact(text) == shown


def test_known_secrets_are_masked_longest_first():
    assert redact("key abc and abcdef", ["abc", "abcdef"]) == "key *** and ***"
