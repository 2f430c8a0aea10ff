// Writes the chart that a button names as an SVG or a PNG file, with its title and its source line as text.
// Nothing leaves the browser: the picture is made from what plotly has drawn on the page.
(() => {
  // Each popover that opens runs this file again; its buttons wait for that.
  document.querySelectorAll("[data-chart-file]").forEach((button) => (button.disabled = false));
  if (window.coalitionChartFiles) return;
  window.coalitionChartFiles = true;

  const SVG = "http://www.w3.org/2000/svg";
  const MARGIN = 16, TITLE = 18, NOTE = 12, LINE = 1.35, SCALE = 2;
  const INK = "#1b2733", FONT = "sans-serif";

  const chartOf = (key) => {
    const holder = document.getElementsByClassName("st-key-" + key)[0];
    return holder && holder.querySelector(".js-plotly-plot");
  };

  const wrapped = (text, size, width) => {
    const measure = document.createElement("canvas").getContext("2d");
    measure.font = `${size}px ${FONT}`;
    const lines = [];
    for (const word of text.split(/\s+/).filter(Boolean)) {
      const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
      if (lines.length && measure.measureText(longer).width <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  };

  const written = (svg, lines, size, weight, top) => {
    lines.forEach((line, at) => {
      const text = document.createElementNS(SVG, "text");
      text.setAttribute("x", MARGIN);
      text.setAttribute("y", top + size + at * size * LINE);
      text.setAttribute("font-family", FONT);
      text.setAttribute("font-size", size);
      text.setAttribute("font-weight", weight);
      text.setAttribute("fill", INK);
      text.textContent = line;
      svg.append(text);
    });
    return top + lines.length * size * LINE;
  };

  // A page in dark colours writes light words, which nobody could read on white paper.
  const darkened = (layer) => {
    for (const text of layer.querySelectorAll("text")) {
      const colour = /rgba?\((\d+), ?(\d+), ?(\d+)/.exec(text.style.fill || text.getAttribute("fill") || "");
      if (colour && 0.3 * colour[1] + 0.6 * colour[2] + 0.1 * colour[3] > 140) text.style.fill = INK;
    }
  };

  // The fonts of the page are not those of whoever opens the file: each word keeps the width it has on the page.
  const keepWidths = (layer, copy) => {
    const copies = copy.querySelectorAll("text, tspan");
    layer.querySelectorAll("text, tspan").forEach((text, at) => {
      const width = text.children.length ? 0 : text.getComputedTextLength();
      if (!width) return;
      copies[at].setAttribute("textLength", width);
      copies[at].setAttribute("lengthAdjust", "spacingAndGlyphs");
    });
  };

  const drawn = (button) => {
    const chart = chartOf(button.dataset.chart);
    if (!chart) return null;
    const { width, height } = chart.getBoundingClientRect();
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("xmlns", SVG);
    svg.setAttribute("xmlns:xlink", "http://www.w3.org/1999/xlink");
    const paper = document.createElementNS(SVG, "rect");
    paper.setAttribute("width", "100%");
    paper.setAttribute("height", "100%");
    paper.setAttribute("fill", "#ffffff");
    svg.append(paper);
    const inner = width - 2 * MARGIN;
    let top = written(svg, wrapped(button.dataset.title, TITLE, inner), TITLE, "bold", MARGIN) + MARGIN / 2;
    for (const layer of chart.querySelectorAll(".main-svg")) {
      const copy = layer.cloneNode(true);
      copy.removeAttribute("class");
      copy.style.background = "none";
      copy.setAttribute("x", 0);
      copy.setAttribute("y", top);
      copy.setAttribute("width", width);
      copy.setAttribute("height", height);
      keepWidths(layer, copy);
      copy.querySelectorAll(".hoverlayer, .select-outline, .zoomlayer").forEach((part) => part.remove());
      darkened(copy);
      svg.append(copy);
    }
    top += height + MARGIN / 2;
    for (const note of button.dataset.notes.split("\n")) {
      top = written(svg, wrapped(note, NOTE, inner), NOTE, "normal", top);
    }
    const whole = Math.ceil(top + MARGIN);
    svg.setAttribute("width", width);
    svg.setAttribute("height", whole);
    svg.setAttribute("viewBox", `0 0 ${width} ${whole}`);
    return { text: new XMLSerializer().serializeToString(svg), width, height: whole };
  };

  const saved = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click(); // of no document, so that the click closes no popover
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  const asPng = (picture, name) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = picture.width * SCALE;
      canvas.height = picture.height * SCALE;
      const context = canvas.getContext("2d");
      context.scale(SCALE, SCALE);
      context.drawImage(image, 0, 0, picture.width, picture.height);
      canvas.toBlob((blob) => saved(blob, name), "image/png");
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(picture.text);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-chart-file]");
    if (!button) return;
    const picture = drawn(button);
    if (!picture) return;
    const name = `${button.dataset.name}.${button.dataset.chartFile}`;
    if (button.dataset.chartFile === "svg") saved(new Blob([picture.text], { type: "image/svg+xml" }), name);
    else asPng(picture, name);
  });
})();
