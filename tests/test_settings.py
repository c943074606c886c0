"""Settings are read from the environment, and a wrong one is refused with what to do."""

import os
import re
import stat
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from bot.__main__ import main
from bot.app.settings import SettingMissing, Settings
from bot.dialogue.conversation import Command
from bot.privacy.keyring import KEY, Keys, keys_in
from bot.turns.contract import Inbound
from tests.chats import at
from tests.faults.service import ROOT


def test_nothing_set_is_the_laptop_s_setting() -> None:
    settings = Settings.read({})
    assert settings.campaigns == Settings.read({"CAMPAIGNS": " , "}).campaigns == ()
    assert settings.models_folder is Settings.read({"MODELS_FOLDER": ""}).models_folder is None
    assert settings.database_url.startswith("sqlite")
    assert (settings.retention.draft, settings.retention.result) == (7, 90)
    assert (settings.send_rate, settings.chat_rate, settings.take_rate) == (30.0, 1.0, 1.0)


def test_compose_passes_every_setting_that_is_not_the_image_s_own() -> None:
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \| .* \|$", (ROOT / "docs/operating.md").read_text("utf-8"), re.M)
    documented = {name for row in rows for name in re.findall(r"[A-Z_]+", row)}
    compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text("utf-8"))
    passed = set(compose["services"]["worker"]["environment"])
    by_file = {name for name in documented if name.endswith("_FILE")}  # instead of the secret itself
    of_the_image = {"WEBHOOK_HOST", "WEBHOOK_PORT"}
    assert passed < documented
    assert documented - passed == by_file | of_the_image
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / "deploy/.env.example").read_text("utf-8"), re.M))
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "deploy/compose.yaml").read_text("utf-8")))
    assert named == asked


def test_the_image_copies_nothing_that_is_not_sent_to_its_builder() -> None:
    """Without pyproject.toml it said that its release was unknown."""
    lines = (ROOT / "deploy/Dockerfile").read_text("utf-8").splitlines()
    copied = {line.split()[1] for line in lines if re.match(r"COPY (?!--from)", line)}
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"}
    assert "pyproject.toml" in copied
    assert {name for name in copied if not any(fnmatch(name, pattern) for pattern in sent)} == set()


def test_what_is_set_is_taken() -> None:
    settings = Settings.read(
        {
            "BOT_TOKEN": "1:x",
            "TELEGRAM_API": "http://127.0.0.1:8081/",
            "MODELS_FOLDER": "var/models",
            "CAMPAIGNS": "poster_1, poster-2",
            "KEEP_RESULT_DAYS": "30",
            "TAKE_RATE": "0",
            "WEBHOOK_PORT": "9000",
        }
    )
    assert settings.needed_token().get_secret_value() == "1:x"
    assert settings.telegram_api == "http://127.0.0.1:8081"
    assert settings.models_folder == Path("var/models")
    assert settings.campaigns == ("poster_1", "poster-2")
    assert settings.retention.result == 30
    assert settings.port == 9000
    inbounds = [Inbound(n, at(7), Command("start")) for n in range(100)]
    assert all(settings.floods().admitted(inbound) is inbound for inbound in inbounds)
    assert settings.pace().reserve(b"7") == 0


def test_models_that_wait_score_only_where_that_is_switched_on() -> None:
    assert not Settings.read({}).shadow_models
    assert not Settings.read({"SHADOW_MODELS": "0"}).shadow_models
    assert Settings.read({"SHADOW_MODELS": "1"}).shadow_models
    with pytest.raises(SettingMissing, match="SHADOW_MODELS"):
        Settings.read({"SHADOW_MODELS": "yes"})


@pytest.mark.parametrize(
    "name", ["SEND_RATE", "CHAT_RATE", "TAKE_RATE", "PEOPLE_A_YEAR", "KEEP_DRAFT_DAYS", "WEBHOOK_PORT"]
)
@pytest.mark.parametrize("value", ["-1", "many", "nan", "inf", "1e99", ""])
def test_a_number_that_is_none_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingMissing, match=name):
        Settings.read({name: value})


@pytest.mark.parametrize("value", ["poster 1", "海报", "a" * 65, "ok,<b>"])
def test_a_label_that_telegram_would_not_carry_is_refused(value: str) -> None:
    with pytest.raises(SettingMissing, match="CAMPAIGNS"):
        Settings.read({"CAMPAIGNS": value})


def test_without_a_token_the_way_to_get_one_is_told() -> None:
    with pytest.raises(SettingMissing, match="BotFather"):
        Settings.read({}).needed_token()


@pytest.mark.parametrize("secret", ["", "short", "s" * 31, "s" * 257, "s" * 40 + "!", "密" * 40])
@pytest.mark.asvs("13.2.3")
def test_a_weak_webhook_secret_is_refused_with_how_to_make_one_and_never_repeated(secret: str) -> None:
    with pytest.raises(SettingMissing, match="token_urlsafe") as refused:
        Settings.read({"WEBHOOK_SECRET": secret}).needed_webhook_secret()
    assert not secret or secret not in str(refused.value)


def test_no_secret_shows_itself() -> None:
    keys = Keys.new()
    settings = Settings.read({"BOT_TOKEN": "1:token", "WEBHOOK_SECRET": "w" * 40, "MASTER_KEYS": str(keys)})
    assert settings.keys() == keys
    for shown in (repr(settings), str(settings), repr(keys), repr(settings.token)):
        assert "1:token" not in shown
        assert "w" * 40 not in shown
        assert str(keys).split()[1] not in shown


@pytest.mark.asvs("13.3.1", "13.3.2")
def test_the_keys_file_is_made_for_its_owner_alone_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "very" / "deep" / "master.keys"
    keys = Settings.read({"MASTER_KEYS_FILE": str(path)}).keys()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys_in(path) == keys
    beside = keys_in(path.with_name("another.keys"))
    assert beside != keys
    path.chmod(0o640)
    with pytest.raises(ValueError, match="chmod 600"):
        keys_in(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "one `index`"),
        ("index AAAA\\nwrap AAAA", f"{KEY} bytes"),
        ("index", "one `index`"),
        ("index !!!!", "can't be read"),
        ("key AAAA", "can't be read"),
    ],
)
@pytest.mark.asvs("11.2.3")
def test_broken_keys_are_refused_without_being_repeated(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as refused:
        Keys.parse(text.replace("\\n", "\n"))
    assert "AAAA" not in str(refused.value)


def test_a_rotation_that_runs_out_of_disk_leaves_the_old_keys_whole(tmp_path: Path) -> None:
    path = tmp_path / "master.keys"
    old = keys_in(path)
    environment = {**os.environ, "MASTER_KEYS_FILE": str(path), "MASTER_KEYS": ""}
    ended = subprocess.run(  # no file may grow: as on a full disk
        ["sh", "-c", 'ulimit -f 0; exec "$0" -m bot rotate-keys --new', sys.executable],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 69
    assert "Traceback" not in ended.stderr
    assert keys_in(path) == old
    assert list(tmp_path.iterdir()) == [path]


def test_two_processes_that_start_at_once_have_the_same_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, first = tmp_path / "master.keys", Keys.new()

    def overtaken() -> Keys:
        path.write_text(str(first), encoding="ascii")
        path.chmod(0o600)
        return Keys(bytes(KEY), (bytes(KEY),))

    monkeypatch.setattr(Keys, "new", overtaken)
    assert keys_in(path) == first


def test_a_credential_of_systemd_may_be_readable_by_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "master.keys"
    keys = keys_in(path)
    path.chmod(0o440)
    with pytest.raises(ValueError, match="chmod 600"):
        keys_in(path)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert keys_in(path) == keys
    path.chmod(0o444)
    with pytest.raises(ValueError, match="chmod 600"):
        keys_in(path)


def test_new_keys_are_printed_for_an_env_file_or_written_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new-keys"]) == 0
    printed = dict(line.split("=", 1) for line in capsys.readouterr().out.splitlines())
    settings = Settings.read(printed)
    assert settings.keys()
    assert settings.needed_webhook_secret()
    path = tmp_path / "master.keys"
    assert main(["new-keys", "--file", str(path)]) == 0
    first = keys_in(path)
    assert main(["new-keys", "--file", str(path)]) == 78, "keys that are there are never replaced"
    assert capsys.readouterr().err == f"{path} is there already: keys are never written over\n"
    assert keys_in(path) == first


@pytest.mark.parametrize(
    "command", [["demo"], ["simulate"], ["report", "--out", "x"], ["export", "--out", "x"]]
)
def test_an_address_is_refused_where_a_path_is_wanted(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*command, "--database", "sqlite:///some.sqlite"])
    assert "is an address: give a file's path" in capsys.readouterr().err
