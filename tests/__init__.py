"""The tests. Streamlit's driver knows a page by the name of its file until it has run; ours are known by their room."""

from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash


def _switch_page(self, page_path):
    self._page_hash = calc_hash(Path(page_path).parent.name)
    return self


AppTest.switch_page = _switch_page
