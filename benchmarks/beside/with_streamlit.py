"""The overview's map, number and filter in Streamlit with DuckDB, as a usual developer writes them."""

import os
from pathlib import Path

import duckdb
import pandas as pd
import streamlit as st
from world_map import CONFIG, learners_map

CONTENT = Path(os.environ["PEER_CONTENT"])


@st.cache_resource
def database() -> duckdb.DuckDBPyConnection:
    """Both files as tables."""
    opened = duckdb.connect()
    for name in ("learners", "reach"):
        opened.execute(f"CREATE TABLE {name} AS FROM '{CONTENT / name}.parquet'")
    return opened


@st.cache_data
def rows_of(table: str, programme: str) -> pd.DataFrame:
    """The rows of a programme."""
    return database().cursor().execute(f"FROM {table} WHERE programme = ?", [programme]).df()


@st.cache_data
def programmes() -> list[str]:
    """The choices, in the order of the file."""
    return database().cursor().execute("SELECT programme FROM reach").df()["programme"].tolist()


programme = st.selectbox("Programme", programmes())
reach = rows_of("reach", programme).iloc[0]
st.title(f"{reach['learners_reached']:,} learners reached by {reach['on_date']}")
st.plotly_chart(learners_map(rows_of("learners", programme)), config=CONFIG)
