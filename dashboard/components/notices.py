"""What a reader must know before the numbers: demonstration, damage, borders."""

import streamlit as st

from dashboard.locales import _
from dashboard.session import current_release, release_notice
from dashboard.warehouse.catalog import sources


def demonstration(*names: str) -> None:
    """Says at the top of a page which of its sources hold invented rows in this release."""
    if release_notice():
        st.warning(release_notice())
    invented = [name for name in names if name in current_release().demonstrations]
    if invented:
        words = " ".join(f"{_(sources()[name].title)}: {_(sources()[name].demonstration)}" for name in invented)
        st.info("**" + _("Demonstration.") + "** " + words)


def footer() -> None:
    """The release that every page stands on."""
    said = current_release().manifest
    st.caption(
        _(
            "Release {number}, published {moment} UTC. Definitions, sources and licences are on the page Methods."
        ).format(number=said["number"], moment=said["published_at"][:16].replace("T", " "))
    )


def map_disclaimer() -> None:
    """The line below every map."""
    st.caption(
        _(
            "The boundaries and names shown and the designations used on this map do not imply official endorsement or "
            "acceptance by the United Nations. Polygons: UN Geodata, 1 to 110 million; smaller countries are points."
        )
    )
