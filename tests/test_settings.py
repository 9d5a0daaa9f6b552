from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from golive.model.errors import InputError
from golive.settings import Settings, load, resource


def test_defaults_follow_the_platform(tmp_path: Path) -> None:
    settings = load(environment={}, folders=(tmp_path,))
    assert settings.home == platformdirs.user_data_path("golive")
    assert settings.store == settings.home / "golive.duckdb"
    assert settings.store_key is None


def test_the_store_follows_home(tmp_path: Path) -> None:
    assert (
        load(environment={"GOLIVE_HOME": str(tmp_path)}, folders=()).store
        == tmp_path / "golive.duckdb"
    )


def test_environment_wins_over_near_file_wins_over_far_file(tmp_path: Path) -> None:
    near, far = tmp_path / "near", tmp_path / "far"
    for folder, text in (
        (near, "max_upload_mb = 20\n"),
        (far, 'max_upload_mb = 30\nlog_level = "warning"\n'),
    ):
        folder.mkdir()
        (folder / "golive.toml").write_text(text)
    assert load(environment={}, folders=(near, far)).max_upload_mb == 20
    settings = load(
        environment={"GOLIVE_MAX_UPLOAD_MB": "10", "GOLIVE_STORE": ""}, folders=(near, far)
    )
    assert (settings.max_upload_mb, settings.log_level) == (10, "WARNING")
    assert settings.max_upload_bytes == 10_000_000


def test_a_secret_is_never_printed(tmp_path: Path) -> None:
    settings = load(environment={"GOLIVE_STORE_KEY": "correct horse"}, folders=())
    assert settings.store_key is not None
    assert settings.store_key.get_secret_value() == "correct horse"
    assert "horse" not in repr(settings) + str(settings) + settings.model_dump_json()
    (tmp_path / "golive.toml").write_text('store_key = ["horse"]')
    with pytest.raises(InputError) as error:
        load(environment={}, folders=(tmp_path,))
    assert "horse" not in str(error.value)


def test_every_wrong_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        load(environment={"GOLIVE_MAX_UPLOAD_MB": "0", "GOLIVE_LOG_LEVEL": "loud"}, folders=())
    assert [p.code for p in error.value.problems] == ["SETTINGS_VALUE", "SETTINGS_VALUE"]
    (tmp_path / "golive.toml").write_text('stroe = "x"\nhom = "y"\n')
    with pytest.raises(InputError) as error:
        load(environment={}, folders=(tmp_path,))
    assert [p.hint for p in error.value.problems] == [
        "Did you mean 'store'?",
        "Did you mean 'home'?",
    ]


def test_a_broken_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "golive.toml").write_text("home = ")
    with pytest.raises(InputError) as error:
        load(environment={}, folders=(tmp_path,))
    assert error.value.code == "SETTINGS_FILE"


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().home = Path()  # type: ignore[misc]


def test_resources_are_found_in_a_checkout() -> None:
    assert resource("app.py").name == "app.py"
    assert resource("pyproject.toml").is_file()
