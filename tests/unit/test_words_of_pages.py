"""What people read is plain English that can be translated: whole sentences, no codes, none of the phrases that failed.

Each rule was found by readers; `BANNED` has the phrases, with what to write in their place.
"""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from dashboard.settings import PROJECT
from dashboard.vocabularies import sets
from dashboard.warehouse.catalog import metrics, questions, sources
from dashboard.warehouse.columns import column_cards
from dashboard.warehouse.parameters import parameters

# Folders and files whose words are being rewritten; empty it to have them checked.
NOT_YET: set[str] = set()
MESSAGES = {"_": 1, "plural": 2}  # which of their first arguments are messages
# What to write instead of each phrase.
BANNED = {
    r"said|says?|saying": "state, report, show",
    r"told|tells?|telling": "report, state, identify",
    r"alive|signs? of life": "active, activity",
    r"gates?": "conditions",
    r"whatever": "any, every",
    r"take along": "export",
    r"how sure": "range",
    r"newcomers?": "new countries",
    r"alike the same|nobody reported twice": "every possible duplicate is one",
    r"of it it is not": "not reported for {share}",
    r"awards on top": "plus {n} specialisations",
    r"by any sign": "counting any evidence",
    r"(?:is|are) in no circle": "not mapped",
    r"in which they live": "countries where learners live",
    r"old enough": "enrolled at least 180 days ago",
    r"like for like": "adjusted",
    r"counted until(?! last)": "as of",
    r"longest drop": "largest loss",
    r"mean over learners": "weighted by learners",
    r"mine against": "your partner and the coalition",
    r"beside the others": "compared with other partners",
    r"nobody of this choice": "no matching learners",
    r"a hub's card": "hub details",
    r"facilitators a session": "facilitators per session",
    r"all but offered": "confirmed or later",
    r"what works there": "highest technology available",
    r"made for other people": "wrong audience",
    r"somebody to write to": "a focal point",
    r"somebody only has to": "a suitable offer exists",
    r"nobody says": "not stated",
    r"on the day, the other day": "from, to",
    r"as other programs read it": "machine-readable",
    r"nothing stood": "no release existed",
    r"file in hand|take another file": "ready to check, choose another file",
    r"is that of no source": "does not match any source",
    r"work out what would change": "preview changes",
    r"no file waits": "no files waiting",
    r"serve again": "restore",
    r"live all the same": "may still be active",
    r"steps on the way": "intermediate tables",
    r"put(?:s|ting)? (?:it )?aside": "replace",
}
BANNED_ANYWHERE = re.compile(rf"\b(?:{'|'.join(BANNED)})\b", re.IGNORECASE)
# Of what pages show, public statements and the grain of an answer included; documents may have them in another sense.
ON_PAGES = re.compile(r"\b(?:stands?|stood|works? there|at hand|(?:made|are|is) alike)\b", re.IGNORECASE)
CODE = re.compile(r"\b[a-z0-9]+_[a-z0-9_]+\b")
# Placeholders, `commands in backticks`, links to files, and markup of Streamlit are not words.
NOT_WORDS = re.compile(r"%?\{[^{}]*\}|</?\w+>|`[^`]*`|:[a-z]+\[[^\]]*\]|:material/\w+:")
ENDS_OPEN = re.compile(r"(?:^|\s)(?:a|an|the|of|and|or|with|by|than|is|are|was|were)$|[,(]$")
# A label may end with these, such as Active from; words within a sentence may not.
ENDS_WITHOUT_NOUN = re.compile(r"(?:^|\s)(?:in|on|for|from|until|to|at)$")
SENTENCES = {"write", "caption", "info", "warning", "error", "success"}  # of Streamlit: what they show stands alone
LETTERS = re.compile(r"[^\W\d_]{2,}")


def words_of(text):
    return NOT_WORDS.sub(" ", text)


def is_message(node):
    """Whether a node is `_("…")` or `plural("…", …)`, or such a message with its placeholders filled.

    Texts of cards are whole sentences, which may follow each other. A choice between two texts is one where one of them
    has it.
    """
    if isinstance(node, ast.IfExp):
        return any(map(is_message, [*added(node.body), *added(node.orelse)]))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        node = node.func.value
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MESSAGES
    return is_call and bool(node.args) and isinstance(node.args[0], ast.Constant)


def is_markup(node):
    """Whether a node is text without a word, such as a sign, a tag or a colour."""
    return isinstance(node, ast.Constant) and not LETTERS.search(words_of(str(node.value)))


def is_value_before(node):
    """Whether a chart's value, such as %{x}, is the last word of a text in the same line."""
    return isinstance(node, ast.Constant) and re.search(r"%\{[^{}]*\}[^<>]*$", str(node.value))


def is_value_after(node):
    """Whether a chart's value is the first word of a text in the same line."""
    return isinstance(node, ast.Constant) and re.match(r"[^<>]*%\{", str(node.value))


def is_blank(node):
    return isinstance(node, ast.Constant) and not str(node.value).strip()


def added(node):
    """What is added up in `a + b + c`, from left to right."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*added(node.left), *added(node.right)]
    return [node]


def messages(tree):
    """Line, text, and whether it stands alone on the page, of each message written out in code."""
    alone = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in SENTENCES
        for first in call.args[:1]
        if is_message(first)
        for part in ast.walk(first)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MESSAGES:
            for text in call.args[: MESSAGES[call.func.id]]:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield call.lineno, text.value, id(call) in alone


def faults_of_code(tree):
    """Lines with a message that cannot be translated, or that no reader would understand."""
    inner = {id(node.left) for node in ast.walk(tree) if isinstance(node, ast.BinOp)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MESSAGES:
            for text in node.args[: MESSAGES[node.func.id]]:
                if isinstance(text, ast.JoinedStr | ast.BinOp) or is_message(text):
                    yield node.lineno, "a message is one text with named placeholders"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and id(node) not in inner:
            parts = [part for part in added(node) if not is_blank(part)]
            for one, other in pairwise(parts):
                is_beside_value = (is_message(other) and is_value_before(one)) or (
                    is_message(one) and is_value_after(other)
                )
                is_beside_words = any(map(is_message, (one, other))) and not any(map(is_markup, (one, other)))
                if is_beside_words or is_beside_value:
                    yield node.lineno, "a message is glued to other words"
        if isinstance(node, ast.JoinedStr):
            parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
            text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
            beside = LETTERS.search(words_of(text))
            if sum(map(is_message, parts)) > 1 or (any(map(is_message, parts)) and beside):
                yield node.lineno, "a message is glued to other words"
    for line, text, is_alone in messages(tree):
        for why in faults(text, is_alone):
            yield line, f"{why}: {text}"


def faults(text, is_alone=False):
    """What is wrong with a message by itself."""
    words = words_of(text)
    if found := BANNED_ANYWHERE.search(words):
        yield f"{found[0]!r} is private"
    if found := CODE.search(words):
        yield f"{found[0]!r} is a code"
    is_small = text[:1].islower()
    is_short_label = not is_small and len(text.split()) < 3  # such as As of
    ends_open = (ENDS_OPEN.search(text) and not is_short_label) or (is_small and ENDS_WITHOUT_NOUN.search(text))
    if ends_open or text != text.strip() or text[:1] in ",;.)":
        yield "part of a sentence"
    if is_small and is_alone:
        yield "a sentence begins with a capital letter"


def files_of_code():
    for file in sorted((PROJECT / "dashboard").rglob("*.py")):
        path = file.relative_to(PROJECT)
        if not any(path.is_relative_to(folder) for folder in NOT_YET):
            yield path


@pytest.mark.parametrize("file", files_of_code(), ids=str)
def test_messages_are_whole_sentences_in_plain_words(file):
    assert list(faults_of_code(ast.parse((PROJECT / file).read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    [
        '_(f"{n} learners")',
        '_("closed in" + place)',
        '_("closed in {place}").format(place=p) + "by then"',
        '_("Of these, ") + number',
        'x = _("Learners") + _("in camps")',
        'x = ":red[▲] " + _("{source} is late").format(source=s) + of',
        'x = _("Learners") + " " + place',
        'x = kind + (" " + _("(stacked)") if on_top else "")',
        '"%{y}: %{x:.1f} " + _("weeks") + "<extra></extra>"',
        '"<b>" + _("Weeks") + ": %{x}"',
        "f'{_(\"Learners\")} in camps'",
        'f\'{_("Learners")} {_("by country")}\'',
        '_("closed in")',
        '_(", of which {n} are women")',
        'plural("{n} hub alive", "{n} hubs alive", n)',
        '_("Which hubs show a sign of life")',
        '_("The file tells nothing of upper_secondary")',
        '_("step_order")',
        '_("upper_secondary schools")',
        'st.info(_("some hubs are closed"))',
        'st.caption(plural("{n} hub is closed.", "{n} hubs are closed.", n).format(n=1), _("x")) or _("of these the")',
        '_("How sure")',
    ],
)
def test_the_lint_sees_each_fault(code):
    assert list(faults_of_code(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        '_("{n} learners reached in {place}").format(n=n, place=place)',
        "f'**{_(\"How this was worked out\")}**'",
        '":orange[●] " + _("Simulated data")',
        '_("Run `coalition refresh --dry_run` to see it.")',
        '_("Active from")',
        '"%{y}: %{x:.1%}<extra>" + _("Median of the other partners") + "</extra>"',
        '"**" + _("Demonstration.") + "** " + _("These sources are simulated.")',
        "f'{_(card.definition)} {_(card.caveat)}'",
        'Number("m", 1, q, s, note=_("held by {n} learners"))',
        '_("A file of {hub_id} came.")',
        '_("week")',
        '_("Templates to fill in")',
        'headline(title, _("learners as of {day}."))',
        'plural("{count} source is late", "{count} sources are late", n)',
    ],
)
def test_the_lint_lets_good_messages_pass(code):
    assert list(faults_of_code(ast.parse(code))) == []


def texts_of_headers_and_cards():
    for metric in metrics().values():
        for text in (metric.label, metric.unit, metric.definition, metric.caveat, metric.additive_over):
            yield f"queries/metrics/{metric.name}.sql", text
    for query in questions().values():
        meanings = [*(param.meaning for param in query.params), *(column.meaning for column in query.columns)]
        labels = [column.label for column in query.columns]
        for text in (query.title, query.grain, *query.caveats, *meanings, *labels):
            yield f"queries/pages/{query.name}.sql", text
    for card in sources().values():
        meanings = [column.meaning for column in card.columns]
        for text in (card.title, card.grain, card.comes, card.caveat, card.demonstration, *meanings):
            yield f"data/sources/{card.name}.toml", text
    for parameter in parameters().values():
        yield "queries/parameters.toml", f"{parameter.label}. {parameter.meaning}"
    for known in sets().values():
        for code in known:
            yield "data/reference/vocabularies.csv", code.label


def test_headers_and_cards_have_none_of_the_phrases_that_failed():
    texts = list(texts_of_headers_and_cards())
    assert len(texts) > 1_500
    assert [(where, text) for where, text in texts if BANNED_ANYWHERE.search(words_of(text))] == []


def test_no_message_has_a_verb_that_states_nothing():
    """Every message that translators work from: those of code, headers, cards and public statements."""
    with (PROJECT / "dashboard" / "locales" / "coalition.pot").open("rb") as file:
        known = [message.id for message in read_po(file) if message.id]
    texts = [text for ids in known for text in ([ids] if isinstance(ids, str) else ids)]
    assert len(texts) > 3_000
    assert [text for text in texts if BANNED_ANYWHERE.search(words_of(text)) or ON_PAGES.search(words_of(text))] == []


@pytest.mark.parametrize("text", ["A learner stands in both reports.", "the most that works there", "are made alike"])
def test_the_lint_sees_a_verb_that_states_nothing(text):
    assert ON_PAGES.search(text)


def test_labels_titles_and_caveats_hold_no_code():
    """Meanings name the codes of a column for those who read the CSV; what stands on a page does not."""
    shown = [
        *(
            (f"metric {metric.name}", text)
            for metric in metrics().values()
            for text in (metric.label, metric.definition)
        ),
        *((query.name, text) for query in questions().values() for text in (query.title, *query.caveats)),
        *((name, card.label) for name, card in column_cards().items()),
        *((name, parameter.label) for name, parameter in parameters().items()),
        *((name, code.label) for name, known in sets().items() for code in known),
        *((card.name, text) for card in sources().values() for text in (card.title, card.caveat)),
    ]
    assert [(where, text) for where, text in shown if CODE.search(words_of(text))] == []


def prose(file):
    """Lines of a document that are no code and no quotation, with their numbers."""
    is_code = False
    for number, line in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith(("```", "    ")):
            is_code = is_code != line.startswith("```")
        elif not is_code:
            yield number, words_of(re.sub(r"\"[^\"]*\"|\]\([^)]*\)", " ", line))


@pytest.mark.parametrize(
    "file", ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{f.name}" for f in (PROJECT / "docs").glob("*.md"))]
)
def test_documents_have_none_of_the_phrases_that_failed(file):
    assert [(number, line) for number, line in prose(PROJECT / file) if BANNED_ANYWHERE.search(line)] == []
