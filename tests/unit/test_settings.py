"""A variable that holds something else than is meant stops what needs it with a sentence, never with a traceback."""

import pytest

from dashboard import settings
from dashboard.commands.cli import main
from dashboard.warehouse.engines import open_engine


@pytest.mark.parametrize(
    ("variable", "read", "wrong", "unset", "right"),
    [
        ("PORT", settings.port, ("abc", "8501.5", "0", "65536", "-1"), 8501, ("8080", 8080)),
        ("COALITION_ENGINE_MINUTES", settings.engine_minutes, ("abc", "0", "-5", "nan", "inf"), 120, ("1.5", 1.5)),
        ("COALITION_STORE_SECONDS", settings.seconds_between_looks, ("abc", "-1", "nan", "1e9"), 10, ("0", 0)),
    ],
)
def test_a_number_that_cannot_be_meant_is_refused_with_one_that_can(monkeypatch, variable, read, wrong, unset, right):
    monkeypatch.delenv(variable, raising=False)
    assert read() == unset
    monkeypatch.setenv(variable, "")
    assert read() == unset
    monkeypatch.setenv(variable, right[0])
    assert read() == right[1]
    for text in wrong:
        monkeypatch.setenv(variable, text)
        with pytest.raises(settings.SettingWrong, match=f"{variable} is '{text}'.* such as {unset}"):
            read()


@pytest.mark.parametrize(
    "address", ["foo", "http://somewhere", "sc://", "sc://host:abc", "sc://host:99999", "sc://host:0", "sc://[::1"]
)
def test_an_engine_that_is_no_address_is_refused_without_its_token(address):
    with pytest.raises(settings.SettingWrong, match="sc://host:port") as refused:
        open_engine(f"{address}/;token=hidden")
    assert "hidden" not in str(refused.value)


def test_a_wrong_port_is_one_sentence_of_the_command(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PORT", "abc")
    monkeypatch.setenv("COALITION_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dashboard.server.app.prepare", lambda: "127.0.0.1")
    assert main(["run"]) == 1
    assert capsys.readouterr().err == (
        "coalition: PORT is 'abc', and it is a whole number from 1 to 65535, such as 8501.\n"
    )
    assert not (tmp_path / "store").exists()
