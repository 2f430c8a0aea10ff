"""Files made for pages: only for the browser whose page was given the address, as long as its visitor is let in."""

import os

from streamlit.runtime import Runtime

from dashboard.server.asgi import App, Message, Receive, Scope, Send, refuse
from dashboard.server.packed import MAPS
from dashboard.server.sessions import Sessions
from dashboard.server.visits import visit_of

MEDIA, FONTS = "/media/", "/static/"


class Media:
    """Answers `/media/…` to whom Streamlit would answer it to everybody who knows the address, and for ever."""

    def __init__(self, app: App, sessions: Sessions) -> None:
        self.app = app
        self.sessions = sessions
        # The logo and the icon of the window are on the page that asks to sign in, too.
        self._public = {file.read_bytes() for file in MAPS.iterdir() if file.is_file()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on when the file was given to its browser; whoever else asks finds nothing there."""
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or MEDIA not in path or path.startswith(FONTS):
            await self.app(scope, receive, send)
            return
        name = os.path.splitext(path.split(MEDIA, 1)[1])[0]  # noqa: PTH122 - as Streamlit looks it up
        if not (self.sessions.may_have(name, visit_of(scope)) or self._is_public(name)):
            await refuse(404, "This download has ended. Load the page again.", scope, receive, send)
            return

        async def kept_nowhere(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [one for one in message.get("headers", []) if one[0].lower() != b"cache-control"]
                message["headers"] = [*headers, (b"cache-control", b"no-store")]
            await send(message)

        await self.app(scope, receive, kept_nowhere)

    def _is_public(self, name: str) -> bool:
        file = Runtime.instance().media_file_mgr.read_file(name) if Runtime.exists() else None
        return file is not None and file.content in self._public
