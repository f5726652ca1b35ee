"""Every image of a deployment can be pinned by digest, and one that is not is named."""

import re
from pathlib import Path

import pytest

from tools import images

ROOT = Path(__file__).parents[2]
NAMES = {"PYTHON_IMAGE", "POSTGRES_IMAGE", "VALKEY_IMAGE"}
DIGEST = "sha256:" + "0123456789abcdef" * 4


def test_every_image_is_chosen_by_a_variable_and_the_docs_name_it() -> None:
    compose, dockerfile = ((ROOT / name).read_text() for name in ("docker-compose.yml", "Dockerfile"))
    named = re.findall(r"^ *image: (.+)$", compose, re.MULTILINE)
    assert [each for each in named if each != "mentorship-app" and not images.CHOSEN.fullmatch(each)] == []
    assert set(images.chosen({})) == NAMES
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${PYTHON_IMAGE}"}
    assert "# syntax=" not in dockerfile, "that would be one more image"
    assert f"ARG PYTHON_IMAGE={images.chosen({})['PYTHON_IMAGE']}\n" in dockerfile
    assert {name for name in NAMES if name not in (ROOT / "SECURITY.md").read_text()} == set()


def test_what_is_not_pinned_is_said_plainly() -> None:
    sentences = images.told({"POSTGRES_IMAGE": f"postgres:18-bookworm@{DIGEST}"})
    assert len(sentences) == 2
    assert any(each.startswith("PYTHON_IMAGE is not pinned by digest: python:") for each in sentences)
    assert not any("POSTGRES" in each for each in sentences)
    assert images.told(dict.fromkeys(NAMES, f"any:1@{DIGEST}")) == []


@pytest.mark.parametrize(
    "odd", ["any:1@sha256:", "any:1@sha256:abc", f"any:1@{DIGEST}0", f"any:1@{DIGEST.upper()}", DIGEST]
)
def test_a_digest_that_is_none_pins_nothing(odd: str) -> None:
    assert len(images.told({**dict.fromkeys(NAMES, f"any:1@{DIGEST}"), "VALKEY_IMAGE": odd})) == 1


def test_the_command_reads_the_environment_and_the_file_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    assert images.from_file(tmp_path / ".env") == {}
    (tmp_path / ".env").write_text(f"# A comment=\nPYTHON_IMAGE='any:1@{DIGEST}'\nnothing\n")
    assert images.from_file(tmp_path / ".env") == {"PYTHON_IMAGE": f"any:1@{DIGEST}"}
    monkeypatch.setattr(images, "from_file", lambda _path: {})
    assert images.main() == 1
    assert "docker image inspect" in capsys.readouterr().out
    for name in NAMES:
        monkeypatch.setenv(name, f"any:1@{DIGEST}")
    assert images.main() == 0
    assert capsys.readouterr().out == "every image is pinned by digest\n"
