"""The menu as Streamlit wants it. To make a page of it looks up a file on the disk, so each is made once."""

from collections.abc import Mapping, Sequence
from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from dashboard.menu import Page


def as_streamlit_wants(menu: Mapping[str, Sequence[Page]], first: Page) -> dict[str, list[Any]]:
    """The pages by section. Streamlit's default page answers at / only, so it is listed once more under its name.

    Of the two the menu shows the one that is open, which it marks.
    """
    by_name = urlsplit(st.context.url or "").path.rpartition("/")[2] == first.name
    listed: dict[str, list[Any]] = {}
    for section, pages in menu.items():
        listed[section] = []
        for page in pages:
            is_first = page == first
            if is_first:
                listed[section].append(_page(page.script, page.title, "start", is_first=True, is_hidden=by_name))
            is_hidden = is_first and not by_name
            listed[section].append(_page(page.script, page.title, page.name, is_hidden=is_hidden))
    return listed


def _page(script: Path, title: str, address: str, is_first: bool = False, is_hidden: bool = False) -> Any:
    """A page for this run, which notes in it that it may be run."""
    return copy(_made(script, title, address, is_first, is_hidden))


@lru_cache(maxsize=500)
def _made(script: Path, title: str, address: str, is_first: bool, is_hidden: bool) -> Any:
    return st.Page(
        script, title=title, url_path=address, default=is_first, visibility="hidden" if is_hidden else "visible"
    )
