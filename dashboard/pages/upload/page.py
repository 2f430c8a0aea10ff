"""Upload: a file is checked, what it would change is worked out, and somebody else publishes it."""

import streamlit as st

from dashboard.locales import _
from dashboard.pages.upload import panels as upload
from dashboard.pages.upload import waiting

st.title(_("Upload"))
st.write(
    _(
        "Bring in an export or a register. Names, addresses and ids become keys while the file is read, and nothing of "
        "it is shown to others before it is published. First you see what became of each row, then what would change."
    )
)
upload.stop_unless_allowed()
upload.send()
upload.templates()
waiting.waiting_files()
waiting.published_files()
waiting.releases()
