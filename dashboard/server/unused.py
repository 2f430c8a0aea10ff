"""Leaves out of Streamlit's scripts what no page shows: kinds of charts, and a viewer of JSON.

The library of charts is one script in which each module stands under its name,
`name=_({"src/traces/bar/plot.js"(e,t){…}})`, and runs where another first calls `name()`. The list of its last module
has a module for every kind of chart. Here that list is shortened, and what nothing on it leads to is left out: 3D,
tiles of maps, and forty more kinds, seven tenths of all. The viewer of JSON comes with every table, for cells that none
has. Besides, a chart that appears is drawn once.
"""

import hashlib
import re
from collections.abc import Callable, Mapping

# What charts are made of, beside lines and points, which are in the core of the library.
KINDS = ("bar", "choropleth", "heatmap", "scattergeo", "waterfall")
CORE = "scatter"
NO_VIEWER = "export const t=()=>null;"

MODULE = re.compile(r'([\w$]+)=[_g]\(\{["\'`]([^"\'`]+)["\'`]\(')
LAST = 'return _({"lib/index.js"'
REGISTERED = re.compile(r"\.register\(\[([\w$(),]*)\]\)")
RUN = re.compile(r"(?<![\w$.])([\w$]+)\(\)")
END = "}}),"
# Streamlit gives a figure its colours when a chart appears, and at once again, which has the library draw all of it
# twice. The second time is for a change of the theme, and for a figure that was kept from before.
COLOURS_AGAIN = "(0,P.useEffect)(()=>{F(t=>Le(t,e.theme,c))},[e.id,c,e.theme])"
COLOURS_ONCE = (
    "let $new=(0,P.useRef)(!t.getElementState(e.id,`figure`));"
    "(0,P.useEffect)(()=>{if($new.current){$new.current=!1;return}F(t=>Le(t,e.theme,c))},[e.id,c,e.theme])"
)


def without_unused(script: bytes) -> bytes:
    """What a script is sent as: shorter where its very text is known and was looked at in a browser, else as it is."""
    shorten = TRIED.get(hashlib.sha256(script).hexdigest())
    return shorten(script.decode()).encode() if shorten else script


def without_other_kinds(script: str) -> str:
    """The script without the modules that only other kinds of charts need.

    What stands between two modules belongs to the second. Where that cannot be told apart from the end of the first,
    both stay or go together.
    """
    found = list(MODULE.finditer(script))
    last = script.index(LAST)
    names = {module[1]: module[2] for module in found}
    wanted = {f"lib/{kind}.js" for kind in KINDS}
    registered = REGISTERED.search(script, last)
    assert registered, "the library registers its kinds of charts otherwise"
    kept = [call for call in registered[1].split(",") if names[call.removesuffix("()")] in wanted]
    end = script[last : registered.start(1)] + ",".join(kept) + script[registered.end(1) :]

    start = script[: found[0].start()]
    pieces: list[str] = []
    piece_of: dict[str, int] = {}
    begin = found[0].start()
    for module, until in zip(found, [*(module.start() for module in found[1:]), last], strict=True):
        piece_of[module[1]] = len(pieces)
        if script.endswith(END, begin, until):
            pieces.append(script[begin:until])
            begin = until
    rest = script[begin:last]

    needed: set[int] = set()
    texts = [start, end]
    while texts:
        called = {piece_of[name] for name in RUN.findall(texts.pop()) if name in piece_of} - {len(pieces)}
        texts += [pieces[number] for number in called - needed]
        needed |= called
    return start + "".join(piece for number, piece in enumerate(pieces) if number in needed) + rest + end


def charts(script: str) -> str:
    """The library of charts with the kinds that pages draw, in which a chart that appears is drawn once."""
    return without_other_kinds(script).replace(COLOURS_AGAIN, COLOURS_ONCE)


# Of Streamlit 1.67. The tests say when an upgrade brings others.
TRIED: Mapping[str, Callable[[str], str]] = {
    "8cb9b72292d50f4ac26b35921c6209897f2a946d03214aa63214e86f129a8cb1": charts,
    "4d3cb1c3f52fda715cc61ab35cafe80e97e1aa243b3d677fe01463c4c692391f": lambda _viewer: NO_VIEWER,
}
