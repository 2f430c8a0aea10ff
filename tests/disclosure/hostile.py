"""Text that would like to be more than text: markup, links, scripts and formulas, in every field that files have."""

import csv

MARK = "invented-mark"
# Each would set window.__hit, fetch from elsewhere, or leave an element or a link behind.
MARKUP = (
    "<script>window.__hit=1</script>",
    "<img src=x onerror=window.__hit=2>",
    "<svg onload=window.__hit=3>",
    "<svg><script>window.__hit=4</script></svg>",
    "<iframe src='javascript:parent.__hit=5'></iframe>",
    "<body onload=window.__hit=6>",
    "<details open ontoggle=window.__hit=7>x",
    "<input autofocus onfocus=window.__hit=8>",
    "<a href='javascript:window.__hit=9'>click</a>",
    "<a href='https://elsewhere.example/a'>click</a>",
    "<b>bold</b><i>x</i>",
    "<style>*{display:none}</style>",
    "<math><mi//xlink:href='javascript:window.__hit=10'>",
    "<object data='javascript:window.__hit=11'>",
    "<embed src='//elsewhere.example/e'>",
    "<link rel=stylesheet href='//elsewhere.example/c'>",
    "<meta http-equiv=refresh content='0;url=//elsewhere.example'>",
    "<base href='//elsewhere.example/'>",
    "<form action='//elsewhere.example'><button>x</button></form>",
    "<video src=x onerror=window.__hit=12>",
    "![x](http://elsewhere.example/i.png)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "[click](javascript:window.__hit=13)",
    "[click](https://elsewhere.example/m)",
    "[click][1] [1]: https://elsewhere.example/r",
    "<https://elsewhere.example/auto>",
    "https://elsewhere.example/bare",
    "www.elsewhere.example",
    "somebody@elsewhere.example",
    ":material/home:",
    ":smile:",
    ":red[red]",
    ":blue-background[x]",
    "$\\frac{1}{2}$",
    "$$\\href{javascript:window.__hit=14}{x}$$",
    "`code` **bold** _it_ ~~no~~",
    "# Heading",
    "| a | b |",
    "%{customdata} %{y} </extra>",
    "{{7*7}} {hub} @@=window.__hit=15",
    "&lt;img src=x onerror=window.__hit=16&gt;",
    "\"><img src=x onerror=window.__hit=17>",
    "'-alert(1)-'",
    "javascript:alert(1)//",
    "@@=Math.random()",
)  # fmt: skip
FORMULAS = tuple(
    start + rest
    for start in ("=", "+", "-", "@", "\t", "\r", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20", " =")
    for rest in ("1+1", "SUM(1,1)", "cmd|' /C calc'!A0", 'HYPERLINK("http://elsewhere.example","x")', "-2+3")
)


def write(file, rows):
    """Rows as CSV, the first the header."""
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return file


def files(folder, texts):
    """Files of every source that brings text in, each text in each of their fields; source and path of each."""
    marked = [f"{text} {MARK}{number}" for number, text in enumerate(texts)]
    hubs = [
        ["hub_id", "hub", "country_iso3", "latitude", "longitude", "host", "host_type", "programme", "announced_on"]
    ]
    hubs += [
        [f"h{n}", text, ("KEN", "UGA", "DEU")[n % 3], 1.0 + n / 10, 30 + n / 10, text, "library", text, "2013-10-31"]
        for n, text in enumerate(marked)
    ]
    usage = [
        ["Email", "External Id", "Course", "Course ID", "University", "Enrollment Time", "Class Start Time",
         "Last Course Activity Time", "Overall Progress", "Estimated Learning Hours", "Completed",
         "Removed From Program", "Program Slug", "Program Name", "Enrollment Source", "Completion Time",
         "Course Type", "Location Country"],
        *[
            [f"p{n}@invented.example", f"P{n}", text, f"c{n % 7}", text, "2024-01-02T03:04:05Z", "2024-01-03T00:00:00Z",
             "2024-02-01T00:00:00Z", "100", "6", "Yes", "No", text if n % 20 == 0 else "dlsei", text, "PROGRAM",
             "2024-02-01T00:00:00Z", "Course", "Kenya"]
            for n, text in enumerate([text for text in marked for _ in range(3)])
        ],
    ]  # fmt: skip
    requests = [["partner_id", "programme_id", "learner_id", "credential", "university", "university_country",
                 "agreement_on", "requested_on", "decision", "reason"]]  # fmt: skip
    for n, text in enumerate(marked):
        requests += [["dlsei", "dlsei", "", "", text, "DEU", "2023-01-01", "", "", ""]]
        requests += [["dlsei", "dlsei", f"P{n}", text, text, "DEU", "", "2024-03-01", "", text]]
    phases = [["programme_id", "phase", "began_on", "ended_on", "seats", "target_learners", "target_completions",
               "target_hours", "domain", "courses", "guided_projects"]]  # fmt: skip
    for n, text in enumerate(marked):
        phases += [["dlsei", text, f"2023-{1 + n % 12:02}-01", "", 10, 10, 10, 10, "", "", ""]]
        phases += [["dlsei", text, f"2023-{1 + n % 12:02}-01", "", "", "", "", "", text, 3, 1]]
    activities = [["activity_id", "organisation", "partner_id", "organisation_type", "role", "country_iso3", "sector",
                   "activity", "activity_type", "stage", "began_on", "people_targeted", "people_direct",
                   "reported_by"]]  # fmt: skip
    for n, text in enumerate(marked):
        people = ["Education", text, "content", "delivering", "2024-01-02", 100 + n, 100 + n, "invented"]
        activities += [[f"a{n}", text, f"m{n}", text, "lead", "KEN", *people]]
        activities += [[f"a{n}", text, f"s{n}", text, "supporter", "KEN", *people]]
    rows_of = {
        "hubs": hubs,
        "coursera_usage": usage,
        "recognitions": requests,
        "programme_phases": phases,
        "contributions_5w": activities,
    }
    return [(source, write(folder / f"{source}_2024-06-30.csv", rows)) for source, rows in rows_of.items()]
