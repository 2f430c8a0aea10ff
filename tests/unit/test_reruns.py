"""Reruns are spared what they need not do, and send what Streamlit alone would send; a start asks for no session."""

import asyncio
import threading

import pytest
from streamlit.proto.NewSession_pb2 import Config, CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner_utils import script_run_context

from dashboard.server import app, prefetch, reruns
from dashboard.server.reruns import Gathered, filled_once
from dashboard.session import begin

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


def in_a_loop(script):
    """Runs script(gathered, made) in a thread beside a loop; the errors that the loop reported."""
    errors = []

    async def run():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: errors.append(context["exception"]))
        done = asyncio.Event()
        gathered = Gathered(loop)
        thread = threading.Thread(target=script, args=(gathered, lambda: loop.call_soon_threadsafe(done.set)))
        thread.start()
        await asyncio.wait_for(done.wait(), 20)
        thread.join()

    asyncio.run(run())
    return errors


def test_elements_are_handed_over_in_order():
    made = []

    def script(gathered, done):
        for number in range(100):
            gathered.add(lambda number=number: made.append(number), False)
        gathered.add(lambda: (made.append("end"), done()), True)

    assert in_a_loop(script) == []
    assert made == [*range(100), "end"]


def test_the_loop_is_woken_once_for_many_elements():
    woken = []

    class Loop:
        call_later = None

        def call_soon_threadsafe(self, *call):
            woken.append(call)

    gathered = Gathered(Loop())
    for _ in range(100):
        gathered.add(lambda: None, False)
    assert len(woken) == 1
    gathered._call()
    gathered.add(lambda: None, False)
    assert len(woken) == 2


def test_elements_are_handed_over_while_the_script_goes_on():
    seen = threading.Event()

    def script(gathered, done):
        gathered.add(seen.set, False)
        assert seen.wait(20)
        gathered.add(done, True)

    in_a_loop(script)


def test_one_that_fails_keeps_no_other_from_being_sent():
    made = []

    def script(gathered, done):
        gathered.add(lambda: made.append("before"), False)
        gathered.add(lambda: 1 / 0, False)
        gathered.add(lambda: (made.append("after"), done()), True)

    (error,) = in_a_loop(script)
    assert isinstance(error, ZeroDivisionError) and made == ["before", "after"]


def test_a_loop_that_is_closed_is_told_nothing():
    loop = asyncio.new_event_loop()
    loop.close()
    Gathered(loop).add(lambda: None, True)


@pytest.mark.parametrize("section", SECTIONS)
def test_the_theme_is_sent_as_streamlit_reads_it(section):
    read, kept = CustomThemeConfig(), CustomThemeConfig()
    app_session._populate_theme_msg(read, section)
    fill = filled_once(app_session._populate_theme_msg)
    fill(CustomThemeConfig(), section)
    fill(kept, section)
    assert kept == read


def test_settings_are_read_once_and_none_that_is_empty_is_sent():
    calls = []

    def fill(message, section):
        calls.append(section)
        if section == "full":
            message.max_cached_message_age = 2

    once, holder = filled_once(fill), CustomThemeConfig()
    messages = [Config() for _ in range(3)]
    for message in messages:
        once(message, "full")
        once(message, "empty")
    assert calls == ["full", "empty"] and {message.max_cached_message_age for message in messages} == {2}
    filled_once(lambda message: None)(holder.light)
    assert not holder.HasField("light")


def test_what_streamlit_does_is_replaced_where_it_is(monkeypatch):
    """A new release of Streamlit that calls it otherwise is noticed here."""
    for owner, name in (
        (app_session.AppSession, "_on_scriptrunner_event"),
        (reruns.Runtime, "_enqueued_some_message"),
        (app_session, "_populate_theme_msg"),
        (app_session, "_populate_config_msg"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back after the test
    reruns.spare_reruns()
    assert app_session.AppSession._on_scriptrunner_event is reruns._on_event
    assert app_session._populate_config_msg.__wrapped__.__module__ == "streamlit.runtime.app_session"


def test_a_start_and_the_warming_of_a_release_ask_for_no_session(small_store, served_store, monkeypatch, capsys):
    """Streamlit prints a warning for each that does, to the terminal of the operator."""
    served_store(small_store)
    warned = []
    monkeypatch.setattr(script_run_context._LOGGER, "warning", lambda *words: warned.append(words))
    monkeypatch.setattr(app, "pack_first", lambda _sent: None)
    monkeypatch.setattr(prefetch, "MOST_DAYS", 1)
    monkeypatch.setattr("dashboard.session._warmers", [])

    async def start():
        async with app._lifespan(None, "http://127.0.0.1:8080"):
            assert capsys.readouterr().out.count("The dashboard is on http://127.0.0.1:8080 ") == 1

    assert "http" not in capsys.readouterr().out
    asyncio.run(start())
    prefetch.prefetch(begin()[0], can_wait=True)
    assert warned == []
