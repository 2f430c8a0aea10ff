"""Answers to stewards from the files of a store, without a release: only the tables that a question reads are made.

Stewards are answered from exact tables, and most of a publication is the protection and the audit of what others are
given. Publishing, checks and audiences have tests of their own.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.store.snapshots import pinned
from dashboard.warehouse.answers import Held, bind, sealed
from dashboard.warehouse.build import files_behind, tables_of
from dashboard.warehouse.catalog import layer, question
from dashboard.warehouse.engines import open_engine


class Exact:
    """What a steward would be answered if these files were published."""

    def __init__(self, inputs: Mapping[str, Sequence[Path]], scratch: Path) -> None:
        """`inputs` are the Parquet files of each source's snapshots."""
        self.scratch = scratch
        (scratch / "files").mkdir()
        self.engine = open_engine(builds_in=scratch / "spill")
        self.files = files_behind(inputs, scratch / "files")
        self.views = {query.name: query for query in layer("staging")}
        self.steps = {query.name: query for kind in ("marts", "cubes") for query in layer(kind)}

    def ask(self, name: str, params: dict[str, Any]) -> pa.Table:
        """The answer to the question `page/question`, of one release."""
        query = question(name)
        self._make(tables_of(query.sql))
        answering = sealed({name: Held(self._file(name)) for name in tables_of(query.sql)}, protected=False)
        try:
            return answering.ask(query.sql, bind(query, params))
        finally:
            answering.close()

    def table(self, name: str) -> pa.Table:
        """A mart or cube."""
        self._make({name})
        return pq.read_table(self._file(name))

    def _make(self, names: Set[str]) -> None:
        for name in sorted(names):
            if files := self.files.pop(name, None):
                self.engine.read(name, files)
            elif view := self.views.pop(name, None):
                self._make(tables_of(view.sql))
                self.engine.view(name, view.sql)
            elif step := self.steps.pop(name, None):
                self._make(tables_of(step.sql))
                self.engine.build(name, step.sql, self._file(name))

    def _file(self, name: str) -> Path:
        return self.scratch / f"{name}.parquet"


@contextmanager
def exact_answers(store: Path) -> Iterator[Exact]:
    """What a steward would be answered if the store were published now."""
    inputs = {source: [snapshot.rows_file for snapshot in chosen] for source, chosen in pinned(store).items()}
    with exact(inputs) as answers:
        yield answers


@contextmanager
def exact(inputs: Mapping[str, Sequence[Path]]) -> Iterator[Exact]:
    """Tables and answers of these files."""
    with tempfile.TemporaryDirectory() as folder:
        made = Exact(inputs, Path(folder))
        try:
            yield made
        finally:
            made.engine.close()
