"""Buttons that save a chart as a picture, drawn in the reader's browser by a script of our own: no server renders."""

import hashlib
import html
import re
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.components.notes import is_simulated, pins_in_words
from dashboard.components.notices import disclaimer_of_maps
from dashboard.components.provenance import title_of
from dashboard.locales import _
from dashboard.scope import Scope
from dashboard.session import current_release
from dashboard.warehouse.catalog import question

SCRIPT = Path(__file__).parents[1] / "static" / "chart_files.js"
MAPS = {"choropleth", "scattergeo"}
NOT_IN_CLASSES = re.compile(r"[^a-zA-Z0-9_-]")


def chart_files(chart: dict[str, Any], key: str, question_name: str, scope: Scope, title: str, file_name: str) -> None:
    """Two buttons, *Chart as SVG* and *Chart as PNG*, for a chart that the page drew.

    The picture has the title, and below the chart its sources, the release, whether they are simulated and, on a map,
    the disclaimer, as text.

    Args:
        chart: the plotly figure as a dictionary.
        key: under which the page drew it.
        question_name: the question that it answers.
        scope: what was chosen.
        title: above the chart; empty where the sentence at the top of the page is its title.
        file_name: without an ending.
    """
    notes = [pins_in_words(question_name, scope), _("Release {number}").format(number=current_release().number)]
    if any(trace.get("type") in MAPS for trace in chart["data"]):
        notes.append(disclaimer_of_maps())
    if is_simulated(question_name, scope):
        notes.insert(0, _("SIMULATED DATA: these figures are not real."))
    attributes = {
        "chart": NOT_IN_CLASSES.sub("-", key),
        "title": title_of(title) or _(question(question_name).title),
        "notes": "\n".join(filter(None, notes)),
        "name": file_name,
    }
    data = " ".join(f'data-{name}="{html.escape(value)}"' for name, value in attributes.items())
    labels = {"svg": _("Chart as SVG"), "png": _("Chart as PNG")}
    buttons = "".join(
        f'<button type="button" disabled class="chart-file" data-chart-file="{kind}" {data}>'
        f"{html.escape(label)}</button>"
        for kind, label in labels.items()
    )
    st.html(
        f'<div class="chart-files">{buttons}</div><script src="/app/static/{SCRIPT.name}?v={_version()}"></script>',
        unsafe_allow_javascript=True,
    )


@cache
def _version() -> str:
    """Changes with the script, which browsers keep for a week."""
    return hashlib.sha256(SCRIPT.read_bytes()).hexdigest()[:12]
