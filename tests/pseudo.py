"""A language that nobody speaks, to see what is not translated and what does not fit: accented, 40 % longer."""

import re

from babel.messages.pofile import read_po, write_po

from dashboard import locales

KEPT = re.compile(r"(\{[^{}]*\}|\*\*|`[^`]*`|\[[^\]]*\]\([^)]*\))")
ACCENTS = str.maketrans("aeiounycAEIOUNYC", "áéíóúñýçÁÉÍÓÚÑÝÇ")
LONGER = 0.4
SHORTEST = 4  # letters of a message that grows


def pseudo(message: str) -> str:
    """The message with accents and 40 % longer; placeholders and markup as they are."""
    accented = "".join(piece if KEPT.fullmatch(piece) else piece.translate(ACCENTS) for piece in KEPT.split(message))
    return accented if len(message) < SHORTEST else f"{accented} {'~' * max(1, round(len(message) * LONGER) - 1)}"


def write_pseudo(folder, code):
    """The catalogue of a language below a folder, each message of the real one in pseudo words."""
    with (locales.FOLDER / f"{locales.DOMAIN}.pot").open("rb") as file:
        catalog = read_po(file, locale=code)
    for message in catalog:
        if message.id:
            many = isinstance(message.id, tuple)
            message.string = (pseudo(message.id[1]),) * catalog.num_plurals if many else pseudo(message.id)
    target = folder / code / "LC_MESSAGES" / f"{locales.DOMAIN}.po"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_po(file, catalog)
