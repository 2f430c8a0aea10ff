"""A count with its noun, as commands print it; pages have the plural forms of the reader's language instead."""


def counted(count: int, noun: str, nouns: str = "") -> str:
    """“1 row”, “2 rows”; `nouns` where the plural is not the noun with an s."""
    return f"{count} {noun if count == 1 else nouns or noun + 's'}"
