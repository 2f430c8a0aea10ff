"""Files made for pages: only for the browser whose page received the address, while its visitor is admitted."""

import os

from streamlit.runtime import Runtime

from dashboard.server.asgi import App, Message, Receive, Scope, Send, refuse
from dashboard.server.packed import MAPS
from dashboard.server.sessions import Sessions
from dashboard.server.visits import visit_of

MEDIA, FONTS = "/media/", "/static/"
NOT_AVAILABLE = "This download is no longer available. Reload the page and download it again."


class Media:
    """Guards `/media/…`, which Streamlit serves to whoever knows the address."""

    def __init__(self, app: App, sessions: Sessions) -> None:
        self.app = app
        self.sessions = sessions
        # The icon of the window is also on the page that asks to sign in.
        self._public = {file.read_bytes() for file in MAPS.iterdir() if file.is_file()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on when its browser received the address; all others get 404."""
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or MEDIA not in path or path.startswith(FONTS):
            await self.app(scope, receive, send)
            return
        name = os.path.splitext(path.split(MEDIA, 1)[1])[0]  # noqa: PTH122 - as Streamlit looks it up
        if not (self.sessions.may_have(name, visit_of(scope)) or self._is_public(name)):
            await refuse(404, NOT_AVAILABLE, scope, receive, send)
            return

        async def send_uncached(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(key, value) for key, value in message.get("headers", []) if key.lower() != b"cache-control"]
                message["headers"] = [*headers, (b"cache-control", b"no-store")]
            await send(message)

        await self.app(scope, receive, send_uncached)

    def _is_public(self, name: str) -> bool:
        file = Runtime.instance().media_file_mgr.read_file(name) if Runtime.exists() else None
        return file is not None and file.content in self._public
