"""A page of another site shows a figure where it is named, and nothing where it is not."""

import contextlib
import http.server
import threading

import pytest

from tests.dashboards import free_port

pytestmark = pytest.mark.browser
FIGURE = "/school_closures?embed=true&figure=school_closures/status_by_country&closures_on=2020-05-19"


@contextlib.contextmanager
def site(port, address):
    """A page of another site that holds the dashboard in a frame."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = f'<!doctype html><title>Site</title><iframe src="{address}" width="900" height="700"></iframe>'
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def test_a_site_that_is_named_shows_the_figure_and_another_one_nothing(served, friend, browser):
    page = browser.new_page()
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    # `localhost` is another site than 127.0.0.1, so the browser sends the frame no cookies: nobody is signed in there.
    with site(friend, served + FIGURE):
        page.goto(f"http://localhost:{friend}/")
        frame = page.frame_locator("iframe")
        frame.locator("h1").wait_for(timeout=60_000)
        assert "149 countries on 19 May 2020" in frame.locator("h1").inner_text()
        frame.locator("[data-testid=stPlotlyChart] .geolayer").first.wait_for(timeout=60_000)
        assert frame.locator("text=Sources: UNESCO").count() == 1
        assert frame.locator("[data-testid=stSidebar]:visible, [data-testid=stHeader]:visible").count() == 0
        link = frame.get_by_role("link", name="Open the full page")
        assert link.get_attribute("target") == "_blank" and "embed" not in link.get_attribute("href")
    assert not [said for said in complaints if "frame" in said.lower()]
    for host, port, path in (
        ("localhost", free_port(), FIGURE),  # not named
        ("127.0.0.1", friend, FIGURE),  # named by another name
        ("localhost", friend, "/upload?embed=true"),
        ("localhost", friend, "/overview"),
    ):
        complaints.clear()
        with site(port, served + path):
            page.goto(f"http://{host}:{port}/")
            page.wait_for_timeout(700)
            assert page.frame_locator("iframe").locator("[data-testid=stApp]").count() == 0, (host, path)
        assert any("frame" in said.lower() for said in complaints), (host, path, complaints)
    page.close()
