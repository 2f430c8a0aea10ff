"""Words for codes that several pages show: statuses of schools, levels, technology, gates, missions, kinds."""

from dashboard.locales import _


def status_words() -> dict[str, str]:
    """The four statuses of schools, in the order of the legend."""
    return {
        "closed": _("Closed country-wide"),
        "partial": _("Partially open"),
        "on_break": _("Academic break"),
        "open": _("Open"),
    }


def level_words() -> dict[str, str]:
    """The levels of enrolment with their ISCED codes, youngest first."""
    return {
        "pre_primary": _("Pre-primary (ISCED 0)"),
        "primary": _("Primary (ISCED 1)"),
        "secondary": _("Secondary (ISCED 2–3)"),
        "tertiary": _("Tertiary (ISCED 5–8)"),
    }


def taught_level_words() -> dict[str, str]:
    """The levels that needs and offers name, youngest first."""
    return {
        "pre_primary": _("Pre-primary"),
        "primary": _("Primary"),
        "lower_secondary": _("Lower secondary"),
        "upper_secondary": _("Upper secondary"),
        "tertiary": _("Tertiary"),
    }


def tier_words() -> dict[str, str]:
    """The technology tiers, least first."""
    return {
        "no-tech": _("No-tech: print, in person"),
        "low-tech": _("Low-tech: radio, television, text messages"),
        "hi-tech": _("Hi-tech: internet"),
    }


def gate_words() -> dict[str, str]:
    """The gates that an offer must pass, as what is missing where it fails one."""
    return {
        "country": _("country not served"),
        "level": _("level does not fit"),
        "language": _("language does not fit"),
        "tier": _("technology not available there"),
        "audience": _("wrong audience"),
        "free": _("not free of charge, or no longer"),
        "live": _("not live on the day"),
        "focal_point": _("no focal point"),
    }


def mission_words() -> dict[str, str]:
    """The coalition's missions."""
    return {
        "connectivity": _("Connectivity"),
        "teachers": _("Teachers"),
        "gender": _("Gender"),
        "skills": _("Skills"),
        "learning": _("Learning"),
        "not stated": _("Not stated"),
    }


def audience_words() -> dict[str, str]:
    """For whom an activity or an offer is."""
    return {
        "learners": _("Learners"),
        "teachers": _("Teachers"),
        "parents": _("Parents"),
        "institutions": _("Institutions"),
        "not stated": _("Not stated"),
    }


def kind_words() -> dict[str, str]:
    """Kinds of activity and of support."""
    return {
        "learning platform": _("Learning platform"),
        "courses": _("Courses"),
        "content": _("Content"),
        "radio and television": _("Radio and television"),
        "print": _("Print"),
        "connectivity": _("Connectivity"),
        "devices": _("Devices"),
        "teacher training": _("Teacher training"),
        "psychosocial support": _("Psychosocial support"),
        "assessment": _("Assessment"),
        "other": _("Other"),
        "not stated": _("Not stated"),
    }
