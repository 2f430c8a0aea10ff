"""The viewer's questions: `ask()` is the only way from a page to a number."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.scope import Scope
from dashboard.settings import store_folder
from dashboard.store.releases import Release, current_number, last_good_release
from dashboard.viewer import Viewer, current_viewer
from dashboard.warehouse.answers import Answers
from dashboard.warehouse.catalog import question

RELEASE_KEY = "_release"


def take_release() -> Release:
    """Takes CURRENT for this rerun; the pages of the session stay on that release until the next one.

    Raises:
        NothingPublished, StoreDamaged: no release can be served.
    """
    store = store_folder()
    release, notice = _release(str(store), current_number(store))
    st.session_state[RELEASE_KEY] = release
    st.session_state[RELEASE_KEY + "_notice"] = notice
    return release


def release_notice() -> str:
    """Why an earlier release is shown than the one published last; empty when it is the last."""
    return st.session_state.get(RELEASE_KEY + "_notice", "")


def current_release() -> Release:
    """The release this session is on."""
    return st.session_state[RELEASE_KEY] if RELEASE_KEY in st.session_state else take_release()


def ask(name: str, scope: Scope | None = None) -> pd.DataFrame:
    """The answer to the question `page/question` for this viewer, as a table that must not be changed.

    Raises:
        UnknownQuestion, BadParameter, QueryStopped: as the warehouse says.
    """
    release = current_release()
    params = (scope or Scope()).params(question(name))
    return _answer(current_viewer(), str(release.folder), name, tuple(params.items()), release.marts)


@st.cache_resource(max_entries=4, show_spinner=False)
def _release(store: str, number: int) -> tuple[Release, str]:
    """The current release, verified once per process."""
    return last_good_release(Path(store))


@st.cache_resource(max_entries=2, show_spinner=False, on_release=lambda answers: answers.close())
def _answers(viewer: Viewer, folder: str, _marts: Mapping[str, Path]) -> Answers:
    """The release in memory: one database for each audience."""
    return Answers(_marts)


# A resource, not data: tables are shared, not copied for each reader, which halves the cost of a rerun.
@st.cache_resource(max_entries=2_000, show_spinner=False)
def _answer(
    viewer: Viewer, folder: str, name: str, params: tuple[tuple[str, Any], ...], _marts: Mapping[str, Path]
) -> pd.DataFrame:
    table = _answers(viewer, folder, _marts).ask(name, dict(params))
    return table.to_pandas(date_as_object=True)
