"""The analytics dashboard of the UNESCO Global Education Coalition and its partners."""

import os

# openpyxl would read senders' workbooks with lxml, which slides need, once that is installed: its errors are others,
# and its parser has features that nobody here asked for.
os.environ["OPENPYXL_LXML"] = "False"
