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
    ("address", "why"),
    [
        ("foo/;token=hidden", "another beginning than sc://"),
        ("http://somewhere/;token=hidden", "another beginning than sc://"),
        ("spark://hidden:7077", "another beginning than sc://"),
        ("SC://hidden:15002", "another beginning than sc://"),
        ("sc:/hidden", "another beginning than sc://"),
        ("https://me:hidden@host:15002", "another beginning than sc://"),
        (" sc://host", "a space or a line break"),
        ("sc://host/;token=hid\nden", "a space or a line break"),
        ("sc:///;token=hidden", "a host or port that is none"),
        ("sc://host:abc/;token=hidden", "a host or port that is none"),
        ("sc://host:99999/;token=hidden", "a host or port that is none"),
        ("sc://host:0/;token=hidden", "a host or port that is none"),
        ("sc://[::1/;token=hidden", "a host or port that is none"),
        ("sc://host:1:token=hidden", "a host or port that is none"),
        ("sc://host name:1", "a host or port that is none"),
        ("sc://me:hidden@host:1", "an @, ? or #"),
        ("sc://host:1?token=hidden", "an @, ? or #"),
        ("sc://host:1/hidden", "something else than /;"),
        ("sc://host:1;token=hidden", "something else than /;"),
        ("sc://host:1/;tokn=hidden", "an option that is none of token, use_ssl"),
        ("sc://host:1/;hidden", "an option that is none of token, use_ssl"),
        ("sc://host:1/;token=", "token without a value"),
        ("sc://host:1/;token=hidden==", "such as %3D"),
        ("sc://host:1/;session_id=hidden", "a session_id that is no UUID"),
        ("sc://host:1/;use_ssl=yes;token=hidden", "use_ssl that is neither true nor false"),
    ],
)
def test_an_engine_that_is_no_address_is_refused_and_nothing_of_it_is_shown(address, why):
    with pytest.raises(settings.SettingWrong, match="sc://host:port") as refused:
        open_engine(address)
    assert why in str(refused.value) and "hidden" not in str(refused.value) and "den" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["sc://host", "sc://host:15002/", "sc://[::1]:15002/;use_ssl=true", "sc://10.0.0.1/;token=a%3D;x-cell=b"]
)
def test_an_address_of_an_engine_may_have_options_and_headers(address):
    open_engine(address).close()


@pytest.mark.parametrize("token", ["hidden\n", "hid den", "hiddén"])
def test_a_token_that_no_request_can_carry_is_refused_and_not_shown(monkeypatch, token):
    monkeypatch.setenv("SPARK_CONNECT_AUTHENTICATE_TOKEN", token)
    with pytest.raises(settings.SettingWrong, match="SPARK_CONNECT_AUTHENTICATE_TOKEN holds a space") as refused:
        open_engine("sc://host")
    assert "hid" not in str(refused.value)


@pytest.mark.parametrize("text", ["true", "yes", "on", "2", " 1"])
def test_a_process_that_is_to_read_only_never_publishes_since_the_word_was_another(monkeypatch, text, capsys):
    monkeypatch.setenv("COALITION_READ_ONLY", text)
    assert main(["publish"]) == 1
    assert f"COALITION_READ_ONLY is {text!r}" in capsys.readouterr().err


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
