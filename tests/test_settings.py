"""Settings: what is accepted, and what an unusable one is told."""

from __future__ import annotations

import pytest

from parcours.errors import SettingsError
from parcours.law.policies import POLITIQUES, Politiques
from parcours.settings import SETTINGS, Settings, policy_variable

SECRET = "s3cret-value"


def test_without_any_variable_the_documented_defaults_hold() -> None:
    assert Settings.from_env({}) == Settings() == Settings.from_env({"PATH": "x", "OTHER": "y"})
    assert (Settings().max_bytes, Settings().max_entries, Settings().max_depth) == (2097152, 500, 50)
    assert (Settings().host, Settings().port) == ("127.0.0.1", 8080)


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        ("PARCOURS_MAX_BYTES", "4096", "max_bytes", 4096),
        ("PARCOURS_MAX_ENTRIES", "10", "max_entries", 10),
        ("PARCOURS_MAX_DEPTH", "64", "max_depth", 64),
        ("PARCOURS_HOST", "localhost", "host", "localhost"),
        ("PARCOURS_HOST", "::1", "host", "::1"),
        ("PARCOURS_HOST", "127.0.0.2", "host", "127.0.0.2"),
        ("PARCOURS_PORT", "65535", "port", 65535),
        ("PARCOURS_WORKERS", "4", "workers", 4),
        ("PARCOURS_GATE_SAMPLE", "0.25", "gate_sample", 0.25),
        ("PARCOURS_GATE_SAMPLE", "1", "gate_sample", 1.0),
        ("PARCOURS_ANNUAIRE_KEY", "a-key", "annuaire_key", "a-key"),
        (
            "PARCOURS_ANNUAIRE_URL",
            "https://directory.example/v2",
            "annuaire_url",
            "https://directory.example/v2",
        ),
        ("PARCOURS_ANNUAIRE_CACHE", "/data/annuaire", "annuaire_cache", "/data/annuaire"),
        ("PARCOURS_DATABASE", "kept/déclarations.sqlite", "database", "kept/déclarations.sqlite"),
        ("PARCOURS_DATABASE", "postgresql://u@h/b", "database", "postgresql://u@h/b"),
        ("PARCOURS_RETENTION_PREPARED_DAYS", "30", "retention_prepared_days", 30),
        ("PARCOURS_RETENTION_DAYS", "3650", "retention_days", 3650),
        (
            "PARCOURS_POLICY_PSYCHIATRE_PLUS_DE_25_ANS",
            "decret",
            "politiques",
            Politiques.from_mapping({"psychiatre-plus-de-25-ans": "decret"}),
        ),
    ],
)
def test_each_variable_sets_its_field(variable: str, text: str, field: str, value: object) -> None:
    assert getattr(Settings.from_env({variable: text}), field) == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PARCOURS_MAX_BYTES", SECRET),
        ("PARCOURS_MAX_BYTES", ""),
        ("PARCOURS_MAX_BYTES", "0"),
        ("PARCOURS_MAX_BYTES", "-1"),
        ("PARCOURS_MAX_BYTES", "1e6"),
        ("PARCOURS_MAX_BYTES", "٤٠٩٦"),
        ("PARCOURS_MAX_ENTRIES", "10001"),
        ("PARCOURS_MAX_DEPTH", "101"),
        ("PARCOURS_PORT", "0"),
        ("PARCOURS_PORT", "65536"),
        ("PARCOURS_WORKERS", "0"),
        ("PARCOURS_GATE_SAMPLE", "1.5"),
        ("PARCOURS_GATE_SAMPLE", "nan"),
        ("PARCOURS_DATABASE", f"mysql://u:{SECRET}@h/b"),
        ("PARCOURS_DATABASE", f"{SECRET}\0"),
        ("PARCOURS_RETENTION_PREPARED_DAYS", "0"),
        ("PARCOURS_RETENTION_DAYS", "-1"),
        ("PARCOURS_HOST", "0.0.0.0"),  # noqa: S104 - the address that must be refused
        ("PARCOURS_HOST", "::"),
        ("PARCOURS_HOST", "192.168.1.10"),
        ("PARCOURS_ANNUAIRE_KEY", f"{SECRET}\r\nX: y"),
        ("PARCOURS_ANNUAIRE_KEY", f"{SECRET} é"),
        ("PARCOURS_ANNUAIRE_KEY", SECRET * 30),
        ("PARCOURS_ANNUAIRE_URL", f"http://{SECRET}.example/v2"),
        ("PARCOURS_ANNUAIRE_URL", f"https://{SECRET}@directory.example/v2"),
        ("PARCOURS_HOST", SECRET),
        ("PARCOURS_HOST", ""),
        ("PARCOURS_POLICY_ELOIGNEMENT", SECRET),
        ("PARCOURS_POLICY_UNKNOWN", SECRET),
        ("PARCOURS_MAX_BYTE", "4096"),
        ("PARCOURS_", SECRET),
    ],
)
def test_an_unusable_variable_is_named_and_its_value_is_not(variable: str, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({variable: text})
    assert variable in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_without_a_clients_file_no_other_address_is_taken() -> None:
    with pytest.raises(SettingsError, match="PARCOURS_HOST"):
        Settings(host="192.168.1.10")


def test_every_policy_has_its_variable() -> None:
    for politique in POLITIQUES:
        for choix in politique.choix:
            chosen = Settings.from_env({policy_variable(politique): choix}).politiques
            assert chosen == Politiques.from_mapping({politique.nom: choix})


def test_every_setting_explains_itself() -> None:
    for setting in SETTINGS:
        assert setting.name.startswith("PARCOURS_")
        assert setting.parse(str(setting.default)) == setting.default
        assert setting.sentence.endswith(".")
        assert setting.accepted


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"XDG_DATA_HOME": "/data"}, "/data/parcours-soins/parcours.sqlite"),
        ({"HOME": "/home/x"}, "/home/x/.local/share/parcours-soins/parcours.sqlite"),
    ],
)
def test_without_a_database_named_it_is_a_file_of_the_user(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Settings().database == Settings.from_env({"PARCOURS_DATABASE": ""}).database == expected


def test_the_password_of_a_database_is_not_shown_with_the_settings() -> None:
    assert SECRET not in repr(Settings(database=f"postgresql://u:{SECRET}@h/b"))


def test_the_key_of_the_directory_is_not_in_what_is_printed() -> None:
    assert SECRET not in repr(Settings(annuaire_key=SECRET))
