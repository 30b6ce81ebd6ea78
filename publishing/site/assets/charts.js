// Draws every chart of the page with Vega-Lite, in the colours of the page; anew when light changes to dark.
const drawn = new Map();

function colours(width) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const [ink, soft, line] = ["--ink", "--soft", "--line"].map(colour);
  const text = { labelColor: soft, titleColor: soft, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" };
  return {
    background: null,
    font: getComputedStyle(document.body).fontFamily,
    view: { stroke: null },
    axis: { ...text, gridColor: line, domainColor: line, tickColor: line, labelOverlap: true },
    axisX: { labelAngle: 0, grid: false },
    legend: { ...text, orient: "top", title: null, labelLimit: 220, columns: Math.max(2, Math.floor(width / 110)) },
    header: text,
    title: { color: ink },
    text: { color: ink },
    range: { category: ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#b5a300"], heatmap: { scheme: "blues" } },
    bar: { color: "#2f7dc1" },
    line: { color: "#2f7dc1", strokeWidth: 2.2 },
    area: { color: "#2f7dc1" },
    point: { color: "#2f7dc1", filled: true },
  };
}

async function draw(plot, spec) {
  drawn.set(plot, spec);
  // Vega-Lite fits only single charts to their container
  const part = spec.spec || (spec.encoding?.row && spec);
  const heads = spec.encoding?.row?.header?.labelOrient === "top" ? 90 : 250;
  if (part) part.width = Math.max(plot.clientWidth - heads, 160);
  const options = {
    renderer: "svg", actions: false, ast: true, defaultStyle: false, config: colours(plot.clientWidth),
    tooltip: { disableDefaultStyle: true, theme: "custom" },
  };
  try {
    await vegaEmbed(plot, spec, options);
    plot.querySelector("svg")?.setAttribute("aria-hidden", "true");
  } catch (error) {
    plot.textContent = String(error);
    console.error(error);
  }
}

for (const data of document.querySelectorAll("script.spec")) {
  draw(data.closest(".figure").querySelector(".plot"), JSON.parse(data.textContent));
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const [plot, spec] of drawn) draw(plot, spec);
});
window.drawChart = draw;
