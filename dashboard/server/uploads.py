"""Bodies of requests: only uploads have one, of those who may bring files in, and as many bytes as there is room."""

import re
from collections import Counter

from starlette.requests import ClientDisconnect
from streamlit.runtime import Runtime

from dashboard.server import limits
from dashboard.server.asgi import App, Message, Receive, Scope, Send, header, refuse
from dashboard.server.sessions import Sessions, admitted, is_open, let_uploads_go
from dashboard.server.visits import visit_of

# Session and file as Streamlit names them.
UPLOAD = re.compile(r"/_stcore/upload_file/([0-9a-f-]{36})/([0-9a-f-]{36})")
WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
NOT_YOURS = (
    "A file is taken from the page on which it was chosen, of somebody who may bring files in. "
    "Load the page again and sign in."
)


class TooMuch(Exception):
    """More bytes came than were let in; the status and sentence of the answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Uploads:
    """Refuses bodies before they are read; of uploads counts the bytes while they come, whatever their length says."""

    def __init__(self, app: App, sessions: Sessions) -> None:
        self.app = app
        self.sessions = sessions
        # Bytes of uploads that are under way, by session: they are in no store yet.
        self._coming: Counter[str] = Counter()
        self._whose: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes requests without a body on, and uploads that there is a right to and room for."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length, method = header(scope, b"content-length") or "0", str(scope["method"])
        has_body = length != "0" or bool(header(scope, b"transfer-encoding"))
        upload = UPLOAD.fullmatch(str(scope["path"]))
        if upload is None or method in WITHOUT_BODY:
            if method not in WITHOUT_BODY:
                await refuse(405, "Nothing is taken at this address.", scope, receive, send)
            elif has_body:
                await refuse(413, "Nothing is taken with this request.", scope, receive, send)
            else:
                await self.app(scope, receive, send)
            return
        session = upload[1]
        came = admitted(session) if self.sessions.is_of(session, visit_of(scope)) else None
        if came is None or not came.viewer.may_upload:
            await refuse(403, NOT_YOURS, scope, receive, send)
            return
        if method == "DELETE" and not has_body:
            await self.app(scope, receive, send)
            return
        if method != "PUT":
            await refuse(405, "Nothing is taken at this address.", scope, receive, send)
            return
        self._whose[session] = came.who
        try:
            self._make_room(session, int(length) if length.isdecimal() else 0, is_new=True)
        except TooMuch as full:
            await refuse(full.status, str(full), scope, receive, send)
            return
        await self._take(session, scope, receive, send)

    async def _take(self, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        is_answered, taken = False, 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            came = len(message.get("body", b""))
            self._make_room(session, came)
            taken += came
            if taken > limits.LARGEST_FILE + limits.FRAME_OF_FILE:
                raise TooMuch(413, _too_large())
            self._coming[session] += came
            return message

        async def noted(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except TooMuch as full:
            if not is_answered:
                await refuse(full.status, str(full), scope, receive, send)
        except ClientDisconnect:
            pass  # the sender hung up, or was hung up upon
        finally:
            self._coming[session] -= taken
            if self._coming[session] <= 0:
                del self._coming[session]
            if not is_open(session):  # its socket closed while the file came
                let_uploads_go(session)

    def _make_room(self, session: str, more: int, is_new: bool = False) -> None:
        """Raises TooMuch unless that many more bytes may be kept."""
        if more > limits.LARGEST_FILE + limits.FRAME_OF_FILE:
            raise TooMuch(413, _too_large())
        storage = dict(Runtime.instance().uploaded_file_mgr.file_storage)  # type: ignore[attr-defined]
        files = {one: [len(file.data) for file in list(held.values())] for one, held in storage.items()}
        if is_new and len(files.get(session, [])) >= limits.FILES_PER_SESSION:
            raise TooMuch(
                429, f"This page holds {limits.FILES_PER_SESSION} files already, which is the most. Load it again."
            )
        sizes = Counter({one: sum(held) for one, held in files.items()}) + self._coming
        self._whose = {one: who for one, who in self._whose.items() if one in sizes or one == session}
        if sizes[session] + more > limits.UPLOADS_PER_SESSION:
            raise TooMuch(
                413, f"This page holds {_megabytes(sizes[session])} MB of files already. Remove one, or load it again."
            )
        of_person = sum(sizes[one] for one, who in self._whose.items() if who == self._whose[session])
        if of_person + more > limits.UPLOADS_PER_PERSON:
            raise TooMuch(413, f"Your pages hold {_megabytes(of_person)} MB of files already. Close one of them.")
        if sizes.total() + more > limits.UPLOADS_IN_ALL:
            raise TooMuch(503, "Others are sending large files just now. Try again in a few minutes.")


def _too_large() -> str:
    return f"A file has at most {_megabytes(limits.LARGEST_FILE)} MB. Send a part of it, or a smaller one."


def _megabytes(size: int) -> int:
    return size // limits.MEGABYTE
