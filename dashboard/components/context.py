"""What a reader chooses on several pages: a programme, a partner, the day until which is counted, a country.

Programme, partner and country travel from page to page; the day does so among pages about learners only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.kept import kept, names_by_code
from dashboard.charts.palette import for_dark
from dashboard.charts.world import MapClass, clicked_country
from dashboard.components import dropped
from dashboard.components.answers import REACHED
from dashboard.components.figures import chart_key, is_dark
from dashboard.components.filters import choose, date_in_link, was_chosen
from dashboard.components.filters import choose_country as choose_country_of
from dashboard.components.learners import ALL, FOR_REFUGEES, own_partner, partner_words, programme_words
from dashboard.components.texts import hint
from dashboard.locales import _, plural
from dashboard.locales.numbers import day, is_missing, whole
from dashboard.locales.plain import in_markdown
from dashboard.scope import Scope
from dashboard.session import ask, ask_row

COUNTRY = "country_iso3"
MOST_SMALL_STATES = 12


def programme(context: Scope) -> Scope:
    """A programme, or a total over several."""
    words = programme_words()
    chosen = choose(_("Programme"), list(words), "programme_id", lambda code: words[code], FOR_REFUGEES)
    return replace(context, programme_id=None if chosen == ALL else chosen)


def programme_without_totals(context: Scope) -> Scope:
    """A programme, without totals; all of them where none is chosen."""
    words = programme_words(with_totals=False)
    chosen = choose(
        _("Programme"), [None, *words], "programme_id", lambda code: words[code] if code else _("All programmes"), None
    )
    return replace(context, programme_id=chosen)


def partner(context: Scope) -> Scope:
    """A partner that reports learners of the programme, first the reader's own; all partners where none is chosen.

    A partner that was chosen elsewhere and has no learners here is named, so that nobody wonders.
    """
    words, own = partner_words(context.programme_id), own_partner()
    is_known = was_chosen("partner_id") in partner_words()
    chosen = choose(
        _("Partner"),
        [None, *words],
        "partner_id",
        lambda code: words[code] if code else _("All partners"),
        own if own in words else None,
        why_not=_("{value} reports no learners of this programme; “{shown}” is shown.") if is_known else "",
    )
    return replace(context, partner_id=chosen)


def as_of(context: Scope) -> Scope:
    """The day until which learners are counted; the newest of the programme where none is chosen."""
    newest = ask_row(REACHED, context.only("programme_id"))["on_date"]
    return replace(context, on_date=date_in_link(_("As of"), "as_of", newest))


def chosen() -> Scope:
    """The programme and the day that were chosen on other pages, for a page that offers no choice of its own."""
    code = was_chosen("programme_id")
    words = programme_words()
    programme_id = code if code in words else FOR_REFUGEES
    dropped.read("programme_id")
    refused = None if code in (None, programme_id) else code
    dropped.settle("programme_id", refused, programme_id, _("Programme"), words[programme_id])
    return Scope(programme_id=None if programme_id == ALL else programme_id)


def newest_only(context: Scope) -> str:
    """Words for a figure that counts until the newest file, where the context names an earlier day; else empty."""
    newest = ask_row(REACHED, context.only("programme_id"))["on_date"]
    if context.on_date is None or is_missing(newest) or context.on_date >= newest:
        return ""
    return _("As of the newest file, {day}.").format(day=day(newest))


def chosen_country() -> str | None:
    """The country that is chosen, in the card or by a click on a map."""
    return was_chosen(COUNTRY)


def chosen_country_words(_scope: Scope) -> str:
    """The title of a section about the chosen country."""
    names = country_names()
    country = chosen_country()
    if country is None or country not in names:
        return _("About one country")
    return _("More about {country}").format(country=in_markdown(names[country]))


def country_names() -> Mapping[str, str]:
    """The name of each country of the reference by its code."""
    return names_by_code(ask("reach_map/coverage"), "country_iso3", "country")


def map_and_card() -> Sequence[Any]:
    """Where a map stands and, beside it on a wide page, the card of the country that was clicked."""
    return st.columns([3, 1.1], gap="medium")


def choose_country(table: pd.DataFrame) -> str | None:
    """The head of a card: a choice among the countries of a table, and a button that clears it."""
    country = choose_country_of(_("Country"), table, _("No country chosen"))
    if country:
        st.button(_("Clear the country"), key="clear-country", on_click=_clear_country, type="tertiary")
    else:
        hint(_("Click a country on the map, or choose one."))
    return country


def take_clicked(question: str) -> Callable[[], None]:
    """What happens at a click on the map of a question: its country is chosen."""

    def take() -> None:
        for point in st.session_state[chart_key(question)].selection.points:
            if code := clicked_country(point):
                st.session_state[COUNTRY] = code

    return take


def small_states(rows: pd.DataFrame, column: str, class_column: str, classes: Sequence[MapClass]) -> None:
    """An inset of the small states that have a number and no area on the map, the largest first, by class.

    Args:
        rows: country, the column and the class column; small states with a number only.
        column: of the number.
        class_column: the class of each on the map.
        classes: those of the map: each has its colour and its words, which tell it without the colour.
    """
    if rows.empty:
        return
    with st.container(key="small-states", gap="xxsmall"):
        st.caption(_("**Small states**, points on the map"))
        for color_of_class, words in _small_states_in_words(rows, column, class_column, list(classes)):
            color = for_dark(color_of_class) if is_dark() else color_of_class
            with st.container(key=f"mark-{color.removeprefix('#')}"):
                st.caption(words)
        if (more := len(rows) - MOST_SMALL_STATES) > 0:
            st.caption(plural("{count} more in the table", "{count} more in the table", more).format(count=more))


@kept
def without_area(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows of a table that have a number and no area on the map."""
    return table[(table[column] > 0) & ~table["has_polygon"]]


@kept
def largest(table: pd.DataFrame, column: str, most: int) -> list[tuple[str, Any]]:
    """The countries with the largest numbers above zero, and these."""
    rows = table.loc[table[column] > 0, ["country", column]].nlargest(most, column)
    return list(zip(rows["country"], rows[column], strict=True))


@kept
def _small_states_in_words(
    rows: pd.DataFrame, column: str, class_column: str, classes: Sequence[MapClass]
) -> list[tuple[str, str]]:
    """For each class that has some of the largest: its colour, and their names with their numbers."""
    largest_rows, labels = rows[["country", column, class_column]].nlargest(MOST_SMALL_STATES, column), []
    for entry in classes:
        in_class = largest_rows[largest_rows[class_column] == entry.key]
        if in_class.empty:
            continue
        named = " \u00b7 ".join(
            f"{in_markdown(name)}\u00a0**{whole(number)}**"
            for name, number in zip(in_class["country"], in_class[column], strict=True)
        )
        labels.append((entry.color, _("{kind}: {names}").format(kind=in_markdown(entry.label), names=named)))
    return labels


def _clear_country() -> None:
    st.session_state[COUNTRY] = None
