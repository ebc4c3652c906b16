"""The token of the status page: read from its file, kept as a digest, and refused where anybody could guess it."""

from hashlib import sha256
from pathlib import Path

import pytest

from aggregator.config import ServerSettings
from aggregator.errors import ServeError
from aggregator.service.status_token import status_digest

TOKEN = "canary-0123456789"  # noqa: S105  of this test alone


def settings(file: Path) -> ServerSettings:
    return ServerSettings(status="token", status_token=file)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [TOKEN, f"{TOKEN}\n", f" {TOKEN}\r\nand a remark\n"])
def test_the_first_line_is_the_token(tmp_path: Path, text: str) -> None:
    file = tmp_path / "token"
    file.write_text(text)
    assert status_digest(settings(file)) == sha256(TOKEN.encode()).digest()


def test_where_no_token_is_asked_for_none_is_read(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert status_digest(ServerSettings()) == b""
    assert status_digest(ServerSettings(status="loopback", status_token=nowhere)) == b""  # type: ignore[arg-type]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServeError) as refused:
        status_digest(settings(tmp_path / "nowhere"))
    assert str(refused.value) == (
        f"can't read the token {tmp_path}/nowhere (server.status_token): No such file or directory; "
        "expected a file that the server may read"
    )


@pytest.mark.parametrize("text", ["", "\n", "canary-01234567", "          canary\n" + TOKEN])
def test_a_token_that_could_be_guessed_is_refused_without_being_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "token"
    file.write_text(text)
    with pytest.raises(
        ServeError, match="expected at least 16, such as `openssl rand -hex 16` gives"
    ) as refused:
        status_digest(settings(file))
    assert "canary" not in str(refused.value)
