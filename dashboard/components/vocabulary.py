"""Words for codes that several pages show: statuses of schools, levels, technology, gates, missions, kinds."""

from dashboard.intake.readers.organisations import languages
from dashboard.session import ask
from dashboard.vocabularies import words


def status_words() -> dict[str, str]:
    """The four statuses of schools, in the order of the legend."""
    return words("school_status")


def level_words() -> dict[str, str]:
    """The levels of enrolment with their ISCED codes, youngest first."""
    return words("level", ("pre_primary", "primary", "secondary", "tertiary"))


def taught_level_words() -> dict[str, str]:
    """The levels that needs and offers name, youngest first."""
    return words("taught_level")


def tier_words() -> dict[str, str]:
    """The technology tiers, least first."""
    return words("technology")


def gate_words() -> dict[str, str]:
    """The gates that an offer must pass, as what is missing where it fails one."""
    return words("gate")


def mission_words() -> dict[str, str]:
    """The coalition's missions."""
    return words("mission")


def audience_words() -> dict[str, str]:
    """For whom an activity or an offer is."""
    return words("audience")


def kind_words() -> dict[str, str]:
    """Kinds of activity and of support."""
    return words("activity_type")


def language_names() -> dict[str, str]:
    """Names of the languages that offers and needs may have, by code."""
    official = ask("response_gaps/languages")
    names = {code: name.capitalize() for name, code in reversed(list(languages().items())) if name != code}
    return names | dict(zip(official["language"], official["language_name"], strict=True))
