"""What is measured in a page of the browser: scripts that run in it, and give what is wrong or how far down it is."""

# Where the sentence of the page and its first chart or table end.
FIRST_SCREEN = """() => {
    const kinds = ["stPlotlyChart", "stDeckGlJsonChart", "stDataFrame", "stTable"];
    const marks = [...document.querySelectorAll(kinds.map((kind) => `[data-testid=${kind}]`).join(", "))];
    const seen = marks.map((mark) => mark.getBoundingClientRect()).filter((box) => box.height > 0);
    const title = document.querySelector("h1").getBoundingClientRect();
    const main = document.querySelector("[data-testid=stMainBlockContainer]").getBoundingClientRect();
    const first = seen.length ? seen[0] : title;
    return {title: title.bottom, top: first.top, bottom: first.bottom, height: main.height};
}"""

# Serious and critical violations, each with its rule, the nearest named part of the screen, and its element.
VIOLATIONS = """async () => {
    const found = await axe.run({resultTypes: ["violations"]});
    const grave = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
    return grave.flatMap((one) => one.nodes.map((node) => {
        const element = document.querySelector(node.target[0]);
        const part = element && element.closest("[data-testid]");
        return {rule: one.id, part: part ? part.dataset.testid : "", html: node.html.slice(0, 160),
            why: node.failureSummary};
    }));
}"""

# The contrast of words with the ground below them, as WCAG computes it, with how transparent either is.
CONTRAST = """() => {
    const parts = (color) => {
        const found = color.match(/[\\d.]+/g).map(Number);
        return {rgb: found.slice(0, 3), alpha: found.length > 3 ? found[3] : 1};
    };
    const over = (front, alpha, back) => front.map((value, at) => value * alpha + back[at] * (1 - alpha));
    const luminance = (rgb) => {
        const [r, g, b] = rgb.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const chain = (element) => element ? [...chain(element.parentElement), element] : [];
    const ground = (element) => chain(element).map((one) => parts(getComputedStyle(one).backgroundColor))
        .reduce((below, {rgb, alpha}) => over(rgb, alpha, below), [255, 255, 255]);
    const opacity = (element) => chain(element).reduce((all, one) => all * getComputedStyle(one).opacity, 1);
    const measured = (kind, element, color, more) => {
        const below = ground(element), {rgb, alpha} = parts(color);
        const words = over(rgb, alpha * more * opacity(element), below);
        const [dark, pale] = [luminance(words), luminance(below)].sort((one, other) => one - other);
        return {kind, words: element.textContent.trim(), color, ratio: (pale + 0.05) / (dark + 0.05)};
    };
    const drawn = (element) => element.textContent.trim() && element.getBoundingClientRect().width > 0;
    const charts = [...document.querySelectorAll("[data-testid=stPlotlyChart] svg text")]
        .filter((text) => drawn(text) && !text.closest(".bartext-inside"))
        .map((text) => [text, getComputedStyle(text)])
        .map(([text, style]) => measured("chart", text, style.fill, Number(style.fillOpacity)));
    const kinds = {
        caption: "[data-testid=stCaptionContainer] p",
        label: "[data-testid=stMetricLabel] p",
        badge: "[data-testid=stMetricDelta] div, .st-key-context [data-testid=stPopover] p",
    };
    const words = Object.entries(kinds).flatMap(([kind, where]) => [...document.querySelectorAll(where)].filter(drawn)
        .map((element) => measured(kind, element, getComputedStyle(element).color, 1)));
    return [...charts, ...words];
}"""

# Numbers that their box cuts, and legends that scroll.
CUT = """() => {
    const wider = (one) => one.scrollWidth > one.clientWidth + 1;
    const numbers = [...document.querySelectorAll("[data-testid=stMetricValue], [data-testid=stMetricValue] *")];
    const bars = [...document.querySelectorAll("[data-testid=stPlotlyChart] .legend .scrollbar")];
    return [...numbers.filter(wider).map((one) => one.textContent),
        ...bars.filter((one) => one.getBoundingClientRect().height > 0).map(() => "a legend")];
}"""

# Where the sentence of the page and its first figure end: a number, a row of a table, or a chart.
FIRST_FIGURE = """() => {
    const kinds = ["stMetricValue", "stDataFrame", "stTable", "stPlotlyChart"];
    const figures = [...document.querySelectorAll(kinds.map((kind) => `[data-testid=${kind}]`).join(", "))];
    const row = 80;  // the header of a table with its first row
    const ends = figures.map((one) => one.getBoundingClientRect()).filter((box) => box.height > 0)
        .map((box) => Math.min(box.bottom, box.top + row));
    return {sentence: document.querySelector("h1").getBoundingClientRect().bottom, figure: Math.min(...ends)};
}"""

# Has the rules for paper hold on the screen, as wide as a sheet of A4 less its margins, and measures before anything is
# drawn anew: a browser prints charts as they were drawn for the screen.
PAPER = """() => {
    const still = document.body.appendChild(document.createElement("style"));
    still.textContent = "*, *::before, *::after { transition: none !important; }";
    const sheets = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
    const lies = sheets.some((rule) => rule instanceof CSSPageRule && /landscape/.test(rule.style.size));
    const width = lies ? 1047 : 718;
    for (const rule of sheets)
        if (rule instanceof CSSMediaRule && rule.media.mediaText === "print") rule.media.mediaText = "all";
    document.documentElement.style.width = document.body.style.width = `${width}px`;
    const app = document.querySelector("[data-testid=stApp]");
    app.style.position = "static";
    app.style.width = `${width}px`;
    const main = document.querySelector("[data-testid=stMainBlockContainer]");
    // A table scrolls within its box; the box is what has to fit.
    const seen = [...main.querySelectorAll("*")]
        .filter((one) => !one.parentElement.closest("[data-testid=stDataFrame]"));
    const wider = seen.filter((one) => one.getBoundingClientRect().right > width + 1)
        .map((one) => `${one.tagName} ${one.dataset.testid || one.classList} ${one.getBoundingClientRect().right}`);
    // Streamlit narrows the frame of a chart, which cuts what was drawn in it.
    const cut = [...main.querySelectorAll(".main-svg")]
        .filter((one) => one.getAttribute("width") * one.currentCSSZoom > width + 1)
        .map((one) => `a chart ${one.getAttribute("width")} wide`);
    const hidden = (part) => [...document.querySelectorAll(`[data-testid=${part}]`)]
        .every((one) => one.getBoundingClientRect().height === 0);
    return {wider: [...wider, ...cut], words: main.innerText.length, sidebar: hidden("stSidebar"),
        header: hidden("stHeader"), menus: hidden("stPopover")};
}"""
# What is wider than the screen, and words that their box cuts: a table, and a drawing of the light page, scroll in
# their own box, and a choice shows the beginning of a long name.
LOST = """() => {
    const main = document.querySelector("[data-testid=stMain]"), width = document.documentElement.clientWidth;
    const own = "[data-testid=stDataFrame], [data-testid=stSlider], .light, .js-plotly-plot, input";
    const shown = [...main.querySelectorAll("*")].filter((one) => !one.closest(own))
        .map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width > 1 && box.height > 1);
    const named = (one) => `${one.dataset?.testid || one.tagName} ${one.textContent.trim().slice(0, 40)}`;
    const wider = shown.filter(([, box]) => box.right > width + 1 || box.left < -1).map(([one]) => named(one));
    const words = "p, label, button, summary, h1, h2, h3, li, [data-testid=stMetric] *";
    const boxed = [...main.querySelectorAll(words)].filter((one) => !one.closest("[data-testid=stSelectbox]")
        && one.clientWidth > 0 && getComputedStyle(one).overflowX !== "visible");
    const cut = boxed.filter((one) => one.scrollWidth > one.clientWidth + 1);
    const drawn = [...main.querySelectorAll(".js-plotly-plot")].flatMap((chart) => {
        const box = chart.getBoundingClientRect();
        return [...chart.querySelectorAll("svg text")].map((one) => [one, one.getBoundingClientRect()])
            .filter(([one, of]) => one.textContent.trim() && of.width)
            .filter(([, of]) => of.left < box.left - 2 || of.right > box.right + 2)
            .map(([one]) => one.textContent);
    });
    const bars = [...main.querySelectorAll(".legend .scrollbar")].filter((one) => one.getBoundingClientRect().height);
    return {scrolls: Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - width),
        wider, cut: cut.map(named), drawn, legends: bars.length};
}"""

# What is shown but names of icons, commands, columns and SQL, and addresses.
SHOWN = """() => {
    const left = "[data-testid=stIconMaterial], code, pre, [data-testid=stCode], a[href^=http]";
    const hidden = [...document.querySelectorAll(left)];
    for (const one of hidden) one.style.display = "none";
    const words = document.body.innerText;
    for (const one of hidden) one.style.display = "";
    return words;
}"""

# Each motion that takes longer than an eye sees, as it goes on: its kind, and what moves.
WATCH_MOTION = """
    window.motions = [];
    const watch = () => {
        const app = document.querySelector("h1");
        for (const motion of app ? document.getAnimations() : [])
            if (motion.effect.getTiming().duration > 20 && motion.playState === "running") {
                const what = motion.animationName || motion.transitionProperty;
                // Streamlit's sign of work may fade already when the style of the page comes.
                if (!motion.effect.target.closest("[data-testid=stStatusWidget]"))
                    window.motions.push(`${what} ${motion.effect.target.className}`);
            }
        requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
"""

# What moved since the page was opened, for a reader who asks for less motion.
MOTIONS = """() => [...new Set([...window.motions, ...[...document.querySelectorAll(".js-plotly-plot")]
    .filter((chart) => chart.layout.transition?.duration).map(() => "a chart slides")])].sort()"""

# The marks of focus on the focused element and on the boxes around it: a field wears them on its box.
MARKS = """() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    window.focusedBefore = focused;
    return {name: (focused.getAttribute("aria-label") || focused.innerText || focused.tagName).slice(0, 60),
        marks: window.marksOf(focused)};
}"""
MARKS_OF = """() => {
    window.marksOf = (element) => {
        const around = [element, element.parentElement, element.parentElement?.parentElement].filter(Boolean);
        return around.map((one) => getComputedStyle(one))
            .map((style) => [style.outlineStyle === "none" ? "" : `${style.outlineWidth} ${style.outlineColor}`,
                style.boxShadow, style.borderColor].join(" | "));
    };
}"""

# Words that the tools of a table lie over, where the tools are shown.
UNDER_TOOLS = """() => {
    const words = [...document.querySelectorAll("[data-testid=stMain] :is(h1, h2, h3, p)")];
    const lines = (element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        return [...range.getClientRects()];
    };
    const over = (tools, line) => tools.width && line.width
        && line.left < tools.right - 1 && line.right > tools.left + 1
        && line.top < tools.bottom - 1 && line.bottom > tools.top + 1;
    const all = [...document.querySelectorAll("[data-testid=stElementToolbar]")]
        .map((one) => one.getBoundingClientRect());
    return {tools: all.filter((one) => one.width).length, words: words.filter((element) =>
        lines(element).some((line) => all.some((tools) => over(tools, line)))).map((element) => element.innerText)};
}"""
