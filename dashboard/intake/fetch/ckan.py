"""A resource of a dataset in a CKAN catalogue, such as HDX: the newest whose name and format match.

Written from CKAN's documentation of its action API (`package_show`). Settings: `server`, `dataset`, `format` such as
CSV, `resource`, a pattern that the name of the resource contains; empty for any.
"""

import re
from typing import Any

from dashboard.intake.fetch.client import FetchFailed
from dashboard.intake.fetch.pages import answered_field
from dashboard.intake.fetch.tables import dated
from dashboard.intake.fetch.ways import Client, Fetched, Order, server


def fetch(order: Order, client: Client) -> Fetched:
    """The file of the newest resource, asked for anew only where it has changed."""
    dataset = order.setting("dataset")
    address = f"{server(order.setting('server'))}/api/3/action/package_show"
    what = client.shown(f"{address}/{dataset}")
    answer = client.json(address, {"id": dataset})
    resources = answered_field(answered_field(answer, "result", dict, what), "resources", list, what)
    pattern = re.compile(str(order.way.settings.get("resource", "")), re.IGNORECASE)
    format_ = order.setting("format").casefold()
    fitting = [
        resource
        for resource in resources
        if isinstance(resource, dict)
        and str(resource.get("format", "")).casefold() == format_
        and pattern.search(str(resource.get("name", "")))
        and resource.get("url")
    ]
    if not fitting:
        names = ", ".join(
            f"{resource.get('name')} ({resource.get('format')})" for resource in resources if isinstance(resource, dict)
        )
        raise FetchFailed(
            f"The dataset {dataset} has no {format_.upper()} named like {pattern.pattern or 'anything'!r} (found: "
            f"{client.clean(names)[:300] or 'no resource'}). Correct the card of the source."
        )
    got = client.file(str(max(fitting, key=_moment)["url"]), order.folder, order.known)
    file = got.file.rename(order.folder / dated(order.card.name, got.file.name))
    return Fetched(file, got.etag, got.modified, got.address_mark)


def _moment(resource: dict[str, Any]) -> str:
    """When a resource was changed last, as ISO 8601, which stands in the order of time."""
    return str(resource.get("last_modified") or resource.get("metadata_modified") or resource.get("created") or "")
