"""What every refusal is: what was asked for was not done, nothing changed, and the message states what to do."""


class Refusal(Exception):
    """The message is for the person who asked: what was wanted, what was found, what to do."""
