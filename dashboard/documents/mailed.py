"""A document as an attachment of a mail; subject and text have no figure, as they are read on locked screens."""

from collections.abc import Sequence

from dashboard.access.viewer import Viewer
from dashboard.documents.mail import Attachment, send
from dashboard.documents.model import Document, as_of
from dashboard.documents.writers import WRITERS
from dashboard.locales import _, speaking


def mail_document(document: Document, kind: str, body: bytes, roles: Sequence[str], audience: Viewer) -> int:
    """Sends a file of a document to all people of the roles; returns to how many.

    Args:
        document: what the file is of.
        kind: of the file, such as pdf.
        body: the file.
        roles: as `send` takes them.
        audience: whose figures the document has.

    Raises:
        MailRefused, MailFailed, NotRecorded: as `send` states.
    """
    with speaking(document.language):
        simulated = _("SIMULATED DATA: these figures are not real.") if document.is_simulated else ""
        brand, stand = _("Coalition dashboard"), as_of(document)
    subject = f"{'SIMULATED: ' if simulated else ''}{brand}: {document.title}"
    link = document.link if document.link.startswith(("https://", "http://")) else ""
    text = "\n\n".join(filter(None, (document.title, simulated, stand, document.disclosure, link))) + "\n"
    attached = Attachment(f"{document.file_name}.{kind}", body, WRITERS[kind][1])
    return len(send(roles, subject, text, [attached], audience=audience, release=document.release))
