"""Has a running Superset serve the content, by its REST API: a dataset, a number, a world map and a filter."""

import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

NAME, PASSWORD = "reader", "reader"
FILTER = "NATIVE_FILTER-programme"


class Api:
    """The REST API of one Superset, after a login."""

    def __init__(self, base: str) -> None:
        self._base, self._headers = f"{base}/api/v1", {"Content-Type": "application/json"}
        login = {"username": NAME, "password": PASSWORD, "provider": "db", "refresh": False}
        self._headers["Authorization"] = f"Bearer {self.send('POST', '/security/login', login)['access_token']}"

    def send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What Superset answers."""
        request = urllib.request.Request(self._base + path, json.dumps(body).encode(), self._headers, method=method)
        try:
            return json.load(urllib.request.urlopen(request, timeout=120))
        except urllib.error.HTTPError as error:
            raise SystemExit(f"Superset refuses {method} {path}: {error.read().decode()[:500]}") from None

    def make(self, kind: str, **fields: Any) -> int:
        """A new one of a kind; its number."""
        return self.send("POST", f"/{kind}/", fields)["id"]


def session(base: str) -> str:
    """The cookie of a reader who logged in."""
    jar = http.cookiejar.CookieJar()
    form = urllib.parse.urlencode({"username": NAME, "password": PASSWORD}).encode()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.open(f"{base}/login/", form, timeout=120)
    return next(cookie.value or "" for cookie in jar if cookie.name == "session")


def make_dashboard(base: str, content: Path, first: str) -> str:
    """The address of a new dashboard, on which `first` is the programme at the start."""
    api = Api(base)
    database = api.make("database", database_name="content", sqlalchemy_uri=f"sqlite:///{content}")
    dataset = api.make("dataset", database=database, table_name="learners")
    dashboard = api.make("dashboard", dashboard_title="Overview", published=True)
    charts = {
        name: api.make(
            "chart",
            slice_name=name,
            viz_type=params["viz_type"],
            datasource_id=dataset,
            datasource_type="table",
            params=json.dumps(params),
            dashboards=[dashboard],
        )
        for name, params in {"number": _number(dataset), "map": _map(dataset)}.items()
    }
    layout = _layout(charts)
    settings = {"native_filter_configuration": [_filter(dataset, first)], "cross_filters_enabled": False}
    body = {"position_json": json.dumps(layout), "json_metadata": json.dumps(settings)}
    api.send("PUT", f"/dashboard/{dashboard}", body)
    return f"{base}/superset/dashboard/{dashboard}/"


def _metric(column: str, aggregate: str) -> dict[str, Any]:
    metric = {"expressionType": "SIMPLE", "column": {"column_name": column}, "aggregate": aggregate}
    return {**metric, "label": f"{aggregate}({column})", "optionName": f"metric_{column}"}


def _number(dataset: int) -> dict[str, Any]:
    most = _metric("learners_reached", "MAX")
    return {"viz_type": "big_number_total", "datasource": f"{dataset}__table", "metric": most, "y_axis_format": ",d"}


def _map(dataset: int) -> dict[str, Any]:
    return {
        "viz_type": "world_map",
        "datasource": f"{dataset}__table",
        "entity": "country_iso3",
        "country_fieldtype": "cca3",
        "metric": _metric("learners_per_1000_refugees", "MAX"),
        "secondary_metric": _metric("learners", "MAX"),
        "show_bubbles": True,
        "max_bubble_size": "25",
        "row_limit": 500,
        "color_by": "metric",
        "linear_color_scheme": "blue_white_yellow",
        "adhoc_filters": [],
    }


def _layout(charts: dict[str, int]) -> dict[str, Any]:
    boxes = {
        f"CHART-{name}": {
            "type": "CHART",
            "id": f"CHART-{name}",
            "children": [],
            "parents": ["ROOT_ID", "GRID_ID", f"ROW-{name}"],
            "meta": {"chartId": chart, "width": 12, "height": 20 if name == "number" else 56},
        }
        for name, chart in charts.items()
    }
    rows = {
        f"ROW-{name}": {
            "type": "ROW",
            "id": f"ROW-{name}",
            "children": [f"CHART-{name}"],
            "parents": ["ROOT_ID", "GRID_ID"],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }
        for name in charts
    }
    return {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": list(rows), "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": "Overview"}},
        **rows,
        **boxes,
    }


def _filter(dataset: int, first: str) -> dict[str, Any]:
    chosen = {"filters": [{"col": "programme", "op": "IN", "val": [first]}]}
    return {
        "id": FILTER,
        "name": "Programme",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "targets": [{"datasetId": dataset, "column": {"name": "programme"}}],
        "defaultDataMask": {"extraFormData": chosen, "filterState": {"value": [first], "label": first}},
        "controlValues": {"multiSelect": False, "enableEmptyFilter": True, "searchAllOptions": False},
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
        "cascadeParentIds": [],
        "description": "",
    }
