"""Strangers and members fill the memory with uploads: who may not is refused, and who may has so much and no more.

In full with COALITION_FULL_TESTS=1 (60 files of 24 MB), else a part of the same.
"""

import uuid

import pytest

from tests.access.strangers import BIRCH, CEDAR, EXECUTIVE, LINES, STEWARD, Page, Served
from tests.access.tenants import FULL

FILES, MEGABYTES = (60, 24) if FULL else (10, 12)
MEGABYTE = 1024 * 1024
# So that a test reaches them: a file has 2 MB, a session 3, a person three and a half, all together 5.
SMALL = {
    "LARGEST_FILE": 2 * MEGABYTE,
    "FRAME_OF_FILE": 1_000,
    "UPLOADS_PER_SESSION": 3 * MEGABYTE,
    "FILES_PER_SESSION": 4,
    "UPLOADS_PER_PERSON": 4 * MEGABYTE - 500_000,
    "UPLOADS_IN_ALL": 5 * MEGABYTE,
}
BODY = b"a,b\n1,2\n"


@pytest.fixture(scope="module")
def served(tenants_store, tmp_path_factory):
    with Served(tmp_path_factory.mktemp("uploads"), tenants_store) as made:
        yield made


@pytest.fixture(scope="module")
def small(tenants_store, tmp_path_factory):
    """The same with limits that are soon reached."""
    with Served(tmp_path_factory.mktemp("small"), tenants_store, SMALL) as made:
        yield made


@pytest.fixture
def open_page():
    """open_page(served, CEDAR) gives the page *Upload* as that person has it open."""
    pages = []

    def make(served, who="", **more):
        pages.append(Page(served, who, **more))
        pages[-1].open(page="upload")
        return pages[-1]

    yield make
    for page in pages:
        page.ws.close()


def name():
    return str(uuid.uuid4())


def test_files_of_strangers_are_refused_and_the_memory_stays_flat(served, open_page):
    stranger = open_page(served)
    stranger.upload(b"x" * MEGABYTE)  # what is imported at the first upload is not counted
    before = served.memory()
    statuses = [stranger.upload(b"x" * (MEGABYTES * MEGABYTE), name()).status for _ in range(FILES)]
    after = served.memory()
    print(f"\n{FILES} files of {MEGABYTES} MB from a stranger: memory {before:,.0f} -> {after:,.0f} MB")
    assert set(statuses) <= {403, 0}, "refused, or hung up upon"
    assert after - before < MEGABYTES, "not one of the files was kept"


def test_a_partner_sends_a_file_and_takes_it_back(served, open_page):
    page = open_page(served, CEDAR)
    assert page.upload(BODY).status == 204
    assert page.upload(b"", method="DELETE").status == 204


@pytest.mark.parametrize("who", ["", EXECUTIVE, "nobody@example.org"])
def test_only_those_who_may_bring_files_in_send_one(served, open_page, who):
    refused = open_page(served, who).upload(BODY)
    assert refused.status == 403 and b"only from people who may upload" in refused.body


def test_a_file_goes_to_no_session_but_the_senders_own(served, open_page):
    cedar, birch, stranger = open_page(served, CEDAR), open_page(served, BIRCH), open_page(served)
    for sender in (birch, stranger):
        assert sender.upload(BODY, session=cedar.session).status == 403
        assert sender.upload(b"", session=cedar.session, method="DELETE").status == 403
    without_browser = {key: value for key, value in cedar.cookies.items() if key != "coalition_visit"}
    assert cedar.upload(BODY, cookies=without_browser).status == 403
    assert cedar.upload(BODY, cookies={**cedar.cookies, "coalition_visit": "0" * 32 + "." + "0" * 64}).status == 403
    assert cedar.upload(BODY, cookies={**cedar.cookies, "_streamlit_xsrf": ""}).status == 403
    for wrong in (name(), "x", "../x", cedar.session.upper(), cedar.session + "/x", "%00"):
        assert cedar.upload(BODY, session=wrong).status in (400, 403, 404, 405), wrong
    assert cedar.upload(BODY).status == 204, "her own page still takes it"


def test_who_is_taken_off_the_roster_sends_nothing_any_more(served, open_page):
    page = open_page(served, BIRCH)
    assert page.upload(BODY).status == 204
    served.roster(*(one for one in LINES if one != BIRCH))
    try:
        assert page.upload(BODY, name()).status == 403, "before any click"
    finally:
        served.roster(*LINES)


def test_a_closed_page_takes_no_file(served):
    with Page(served, CEDAR) as page:
        page.open(page="upload")
        assert page.upload(BODY).status == 204
    assert page.upload(BODY, name()).status == 403


def test_a_session_and_all_together_have_so_many_bytes(small, open_page):
    two = b"x" * (2 * MEGABYTE - 200)
    cedar, birch, steward = (open_page(small, who) for who in (CEDAR, BIRCH, STEWARD))
    assert cedar.upload(two, first := name()).status == 204
    full = cedar.upload(two, name())
    assert full.status == 413 and b"already holds 1 MB" in full.body
    assert cedar.upload(b"", first, method="DELETE").status == 204
    assert cedar.upload(two, name()).status == 204, "what was taken back is room again"
    assert birch.upload(two, name()).status == 204
    crowd = steward.upload(two, name())
    assert crowd.status == 503 and b"Many large files are being sent" in crowd.body
    cedar.ws.close()
    for _ in range(40):
        if (answer := steward.upload(two, name())).status == 204:
            break
    assert answer.status == 204, "what a closed page held is room again"


def test_a_person_has_so_many_bytes_in_however_many_tabs(small, open_page):
    two = b"x" * (2 * MEGABYTE - 200)
    tabs = [open_page(small, BIRCH) for _ in range(3)]
    refused = [tab.upload(two, name()) for tab in tabs][-1]
    assert refused.status == 413 and b"already hold 1 MB" in refused.body
    for tab in tabs:
        tab.ws.close()


def test_many_small_files_are_too_many(small, open_page):
    page = open_page(small, CEDAR)
    statuses = [page.upload(BODY, name()).status for _ in range(7)]
    assert statuses == [204] * 4 + [429] * 3


def test_a_length_that_lies_or_is_left_out_helps_nobody(small, open_page):
    page = open_page(small, CEDAR)
    two_and_a_half = [b"x" * 50_000] * 50
    before = small.memory()
    assert page.upload(two_and_a_half, name()).status in (413, 0), "chunks without a length"
    assert page.upload(b"x" * (3 * MEGABYTE), name()).status in (413, 0)
    assert page.upload(BODY, name(), Content_Length="99999999999").status in (413, 0)
    assert page.upload(BODY, name(), Content_Length="-1").status in (400, 413, 0)
    assert page.upload([b"x" * 50_000] * 20, name()).status == 204, "a short one in chunks is taken"
    assert small.memory() - before < 20


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/upload",
        "/healthz",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/upload_file/x/y",
        "/_stcore/upload_file/",
        "/_stcore/stream",
        "/component/x/y",
        "/_stcore/bidi-components/x/y",
        "/media/x.csv",
        "/app/static/logo.svg",
        "/static/x.js",
        "/auth/login",
        "/oauth2callback",
    ],
)
def test_no_other_address_takes_a_body(served, path, method):
    assert served.ask(path, method, b"x" * 100_000).status in (405, 0)


@pytest.mark.parametrize("path", ["/", "/healthz", "/_stcore/health", "/media/x.csv", "/app/static/logo.svg"])
def test_a_question_with_a_body_is_refused(served, path):
    assert served.ask(path, "GET", b"x" * 100_000).status in (413, 0)
    assert served.ask(path, "GET", iter([b"x" * 10])).status in (413, 0)
