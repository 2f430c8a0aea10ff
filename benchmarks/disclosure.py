"""Prints what protecting and auditing the demonstration costs, and what it hides, in CPU seconds."""

import os
import secrets
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from dashboard.demo import fill
from dashboard.disclosure.policy import COALITION, PUBLIC
from dashboard.disclosure.protect import PROTECTED, protect_both
from dashboard.store.releases import open_release
from dashboard.store.views import STREAMS


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        os.environ["COALITION_LEARNER_SECRET"] = str(Path(name) / "secret")
        begun = time.process_time() + os.times().children_user
        fill(Path(name) / "store", lambda _line: None)
        whole = time.process_time() + os.times().children_user - begun
        marts = open_release(Path(name) / "store").marts
        exact = {table: pq.read_table(marts[table]).to_pandas(date_as_object=True) for table in PROTECTED}
        streams = pq.read_table(marts[STREAMS]).to_pandas(date_as_object=True)
    print(f"the demonstration: two releases with all that belongs to them in {whole:.0f} CPU s")
    begun = time.process_time()
    protected = protect_both(exact, streams, key=secrets.token_bytes(32))
    print(f"protecting and auditing the newest for both audiences: {time.process_time() - begun:.1f} CPU s")
    for audience in (COALITION, PUBLIC):
        account = protected[audience].account
        print(
            f"{audience:10} {account['cells']:8,} cells, {account['attackers']:2} attackers: "
            f"{account['hidden_small']:,} hidden as small, {account['hidden_more']} more"
        )


if __name__ == "__main__":
    main()
