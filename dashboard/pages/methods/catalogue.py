"""The catalogue of metrics, sources and questions as a reader sees it."""

from itertools import groupby

import streamlit as st

from dashboard.locales import _
from dashboard.session import current_release
from dashboard.warehouse.catalog import metrics, questions, sources
from dashboard.warehouse.lineage import sources_of


def release_card() -> None:
    """The release that is shown: when it was published and what it is built from."""
    said = current_release().manifest
    st.caption(
        _("Release {number}, published {moment} UTC, built by {engine}; {checks} checks held.").format(
            number=said["number"],
            moment=said["published_at"][:16].replace("T", " "),
            engine=said["engine"],
            checks=len(said["checks"]),
        )
    )


def metric_cards() -> None:
    """Every metric with its definition, caveat and what it may be added over."""
    for metric in metrics().values():
        with st.container(border=True):
            st.markdown(f"**{_(metric.label)}** ({_(metric.unit)})")
            st.write(_(metric.definition))
            st.caption(_(metric.caveat) + " " + _("May be added over: {what}.").format(what=_(metric.additive_over)))


def source_cards() -> None:
    """Every source with publisher, licence, grain, caveat and its captures in this release."""
    pins = current_release().manifest["snapshots"]
    for name, card in sources().items():
        with st.container(border=True):
            st.markdown(f"**{_(card.title)}** (`{name}`)")
            st.write(f"{card.publisher}. {card.citation}")
            st.write(_("Licence: {licence}. Address: {address}").format(licence=card.licence, address=card.address))
            st.write(_("Grain: {grain}. Comes: {comes}.").format(grain=_(card.grain), comes=_(card.comes)))
            st.caption(_(card.caveat))
            captures = [f"{pin['captured_on']} ({pin['provenance']})" for pin in pins.get(name, [])]
            st.caption(_("In this release: {captures}.").format(captures=", ".join(captures) or _("nothing")))
            if name in current_release().demonstrations:
                st.caption(_("Demonstration.") + " " + _(card.demonstration))


def question_cards() -> None:
    """Every question, by page, with grain, parameters, columns, sources and SQL."""
    for page, group in groupby(questions().values(), key=lambda query: query.name.split("/")[0]):
        st.subheader(_(page.replace("_", " ").capitalize()))
        for query in group:
            shown = st.expander(_(query.title), on_change="rerun", key=f"question-{query.name}")
            if not shown.open:
                continue
            with shown:
                st.write(f"`{query.name}`. " + _("Grain: {grain}.").format(grain=_(query.grain)))
                for caveat in query.caveats:
                    st.caption(_(caveat))
                lines = [f"- `{field.name}` {field.type}: {_(field.meaning)}" for field in query.params]
                if lines:
                    st.markdown("**" + _("Parameters") + "**\n\n" + "\n".join(lines))
                lines = [f"- `{field.name}` {field.type}: {_(field.meaning)}" for field in query.columns]
                st.markdown("**" + _("Columns") + "**\n\n" + "\n".join(lines))
                st.caption(
                    _("Sources:") + " " + (", ".join(sources_of(query.name)) or _("reference tables of the project"))
                )
                st.code(query.sql, language="sql")
