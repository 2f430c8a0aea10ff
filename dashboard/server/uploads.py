"""Request bodies: only uploads have one, only from people who may upload, and only as many bytes as there is room."""

import re
from collections import Counter

from starlette.requests import ClientDisconnect
from streamlit.runtime import Runtime

from dashboard.refusals import Refusal
from dashboard.server import limits
from dashboard.server.asgi import App, Message, Receive, Scope, Send, header, refuse
from dashboard.server.sessions import Sessions, admitted, free_uploads, is_open
from dashboard.server.visits import visit_of

# Session and file as Streamlit names them.
UPLOAD = re.compile(r"/_stcore/upload_file/([0-9a-f-]{36})/([0-9a-f-]{36})")
WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")
NOT_ALLOWED = (
    "Files are accepted only from the open page where they were chosen, and only from people who may upload. "
    "Reload the page and sign in."
)
NO_BODY = "This address accepts no data."


class UploadRefused(Refusal):
    """There is no room for the upload; status and sentence of the answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Uploads:
    """Refuses bodies before they are read; counts the bytes of uploads as they arrive, whatever length was declared."""

    def __init__(self, app: App, sessions: Sessions) -> None:
        self.app = app
        self.sessions = sessions
        # Bytes of uploads under way, by session: Streamlit has not stored them yet.
        self._arriving: Counter[str] = Counter()
        self._whose: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on requests without a body, and uploads that are allowed and for which there is room."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length, method = header(scope, b"content-length") or "0", str(scope["method"])
        has_body = length != "0" or bool(header(scope, b"transfer-encoding"))
        upload = UPLOAD.fullmatch(str(scope["path"]))
        if upload is None or method in WITHOUT_BODY:
            if method not in WITHOUT_BODY:
                await refuse(405, NO_BODY, scope, receive, send)
            elif has_body:
                await refuse(413, NO_BODY, scope, receive, send)
            else:
                await self.app(scope, receive, send)
            return
        session = upload[1]
        visitor = admitted(session) if self.sessions.is_of(session, visit_of(scope)) else None
        if visitor is None or not visitor.viewer.may_upload:
            await refuse(403, NOT_ALLOWED, scope, receive, send)
            return
        if method == "DELETE" and not has_body:
            await self.app(scope, receive, send)
            return
        if method != "PUT":
            await refuse(405, NO_BODY, scope, receive, send)
            return
        try:
            self._require_room(session, visitor.who, int(length) if length.isdecimal() else 0, is_new=True)
        except UploadRefused as full:
            await refuse(full.status, str(full), scope, receive, send)
            return
        await self._receive(session, visitor.who, scope, receive, send)

    async def _receive(self, session: str, who: str, scope: Scope, receive: Receive, send: Send) -> None:
        is_answered, received = False, 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            size = len(message.get("body", b""))
            if received + size > limits.LARGEST_FILE + limits.FRAME_OF_FILE:
                raise UploadRefused(413, _too_large())
            self._require_room(session, who, size)
            received += size
            self._arriving[session] += size
            return message

        async def noted(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except UploadRefused as full:
            if not is_answered:
                await refuse(full.status, str(full), scope, receive, send)
        except ClientDisconnect:
            pass  # the connection was closed
        finally:
            self._arriving[session] -= received
            if self._arriving[session] <= 0:
                del self._arriving[session]
            if not is_open(session):  # its websocket closed while the file arrived
                free_uploads(session)

    def _require_room(self, session: str, who: str, more: int, is_new: bool = False) -> None:
        """Raises UploadRefused unless that many more bytes may be kept."""
        if more > limits.LARGEST_FILE + limits.FRAME_OF_FILE:
            raise UploadRefused(413, _too_large())
        storage = dict(Runtime.instance().uploaded_file_mgr.file_storage)  # type: ignore[attr-defined]
        files = {key: [len(file.data) for file in list(held.values())] for key, held in storage.items()}
        if is_new and len(files.get(session, [])) >= limits.FILES_PER_SESSION:
            raise UploadRefused(
                429, f"This page already holds {limits.FILES_PER_SESSION} files, the maximum. Reload the page."
            )
        sizes = Counter({key: sum(held) for key, held in files.items()}) + self._arriving
        self._whose = {**{key: owner for key, owner in self._whose.items() if key in sizes}, session: who}
        if sizes[session] + more > limits.UPLOADS_PER_SESSION:
            raise UploadRefused(
                413,
                f"This page may hold {_megabytes(limits.UPLOADS_PER_SESSION)} MB of files and already holds "
                f"{_megabytes(sizes[session])} MB. Remove a file or reload the page.",
            )
        of_person = sum(sizes[key] for key, owner in self._whose.items() if owner == who)
        if of_person + more > limits.UPLOADS_PER_PERSON:
            raise UploadRefused(
                413,
                f"Your open pages may hold {_megabytes(limits.UPLOADS_PER_PERSON)} MB of files together and already "
                f"hold {_megabytes(of_person)} MB. Close one of them.",
            )
        if sizes.total() + more > limits.UPLOADS_IN_ALL:
            raise UploadRefused(503, "Many large files are being sent by others. Try again in a few minutes.")


def _too_large() -> str:
    return f"The file is larger than {_megabytes(limits.LARGEST_FILE)} MB. Send it in parts."


def _megabytes(size: int) -> int:
    return size // limits.MEGABYTE
