"""Coursera's enrolment reports of an organisation's programmes, in the layout that administrators export.

Written from the public description of the Coursera for Business interface: a token for a client's credentials, the list
of programmes, then for each programme its `enrollmentReports`, a page at a time. Settings: `address`, `token_address`,
`organisation`, `programmes`, ids with commas between, empty for all, `page`.
"""

import datetime
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from dashboard.intake.fetch.client import FetchFailed
from dashboard.intake.fetch.pages import Page, all_rows, answered_field, whole_number
from dashboard.intake.fetch.tables import write
from dashboard.intake.fetch.ways import Client, Fetched, Order, server

HEADER = (
    "Email",
    "External Id",
    "Course",
    "Course ID",
    "University",
    "Enrollment Time",
    "Last Course Activity Time",
    "Overall Progress",
    "Estimated Learning Hours",
    "Completed",
    "Removed From Program",
    "Program Slug",
    "Program Name",
    "Completion Time",
    "Course Certificate URL",
    "Course Type",
)
LONGEST_PAGE = 100
COURSE = "course"
# State of somebody who left a programme or was taken out of it.
REMOVED = "DELETED"


def fetch(order: Order, client: Client) -> Fetched:
    """One row for each learner and course of all programmes, without reports of specialisations and videos."""
    address = f"{server(order.setting('address'))}/businesses.v1/{order.setting('organisation')}"
    headers = {"Authorization": f"Bearer {_token(order, client)}"}
    wanted = [name.strip() for name in str(order.way.settings.get("programmes", "")).split(",") if name.strip()]
    programmes = _rows(order, client, f"{address}/programs", headers, {})
    known = {str(programme.get("id", "")): programme for programme in programmes if isinstance(programme, dict)}
    if unknown := [name for name in wanted if name not in known]:
        raise FetchFailed(
            f"Coursera knows {len(known):,} programmes of the organisation, and {len(unknown)} of those named in "
            "COALITION_COURSERA_PROGRAMMES are none of them. Correct the ids."
        )
    table: list[list[object]] = []
    others = 0
    for programme in wanted or sorted(known):
        params = {"q": "byProgramId", "programId": programme}
        reports = _rows(
            order, client, f"{address}/enrollmentReports", headers, params, partial(_cells, known[programme])
        )
        courses = [cells for cells in reports if cells]
        others += len(reports) - len(courses)
        table += courses
    table.sort(key=lambda cells: [str(cell) for cell in cells])
    notes = (f"{others:,} reports of specialisations and videos are not read here",) if others else ()
    return Fetched(write(order.folder, "coursera_usage", HEADER, table), notes=notes)


def _token(order: Order, client: Client) -> str:
    """A token for the client's credentials; no message holds it from here on."""
    credentials = (order.setting("client_id"), order.setting("client_secret"))
    answer = client.json(order.setting("token_address"), form={"grant_type": "client_credentials"}, basic=credentials)
    token = str(answered_field(answer, "access_token", str, client.shown(order.setting("token_address"))))
    client.secrets = (*client.secrets, token)
    return token


def _rows(
    order: Order,
    client: Client,
    address: str,
    headers: Mapping[str, str],
    params: Mapping[str, str],
    keep: Callable[[Any], Any] = lambda row: row,
) -> list[Any]:
    what = client.shown(address)
    length = int(order.way.settings.get("page", LONGEST_PAGE))

    def ask(_: int, before: int) -> Page:
        answer = client.json(address, {**params, "start": before, "limit": length}, headers)
        rows = answered_field(answer, "elements", list, what)
        paging = answer.get("paging") or {}
        # A list that is no longer than a page may come without a total.
        total = paging.get("total", None if paging.get("next") else before + len(rows))
        return Page(rows, whole_number(total, what))

    return all_rows(what, ask, keep)


def _cells(programme: Mapping[str, Any], member: Mapping[str, Any]) -> list[object] | None:
    """The cells of a report of a course; None for one of a specialisation or a video."""
    if str(member.get("contentType", COURSE)).casefold() != COURSE:
        return None
    email, external = str(member.get("email") or ""), str(member.get("externalId") or "")
    if "@" in external:  # Coursera gives the address where a partner gave no id
        email, external = email or external, ""
    universities = member.get("partnerNames") or ()
    return [
        email,
        external,
        member.get("contentName"),
        member.get("contentId"),
        "; ".join(universities) if isinstance(universities, list | tuple) else universities,
        _moment(member.get("enrolledAt")),
        _moment(member.get("lastActivityAt")),
        member.get("overallProgress"),
        member.get("approxTotalCourseHrs"),
        "Yes" if member.get("isCompleted") else "No",
        "Yes" if member.get("deletedAt") or str(member.get("membershipState", "")).startswith(REMOVED) else "No",
        member.get("programSlug") or programme.get("slug"),
        member.get("programName") or programme.get("name"),
        _moment(member.get("completedAt")),
        member.get("contentCertificateUrl"),
        member.get("courseType") or member.get("contentType"),
    ]


def _moment(value: object) -> object:
    """A moment as the export writes it; the interface gives milliseconds since 1970, or the text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        moment = datetime.datetime.fromtimestamp(value / 1000, datetime.UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value
