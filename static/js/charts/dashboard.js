// The dashboard: draws <canvas data-chart data-source> from the JSON of that id, again whenever
// the theme changes; sends the filters as they are chosen; prints.
import { onThemeChange } from "./palette.js";
import { pareto } from "./pareto.js";
import { risk } from "./risk.js";

const KINDS = { pareto, risk };
const charts = new Map();

function draw() {
  document.querySelectorAll("canvas[data-chart]").forEach((canvas) => {
    charts.get(canvas)?.destroy();
    const data = JSON.parse(document.getElementById(canvas.dataset.source).textContent);
    charts.set(canvas, KINDS[canvas.dataset.chart](canvas, data));
  });
}

draw();
onThemeChange(draw);

document.querySelectorAll("[data-print]").forEach((button) => {
  button.addEventListener("click", () => print());
});
document.querySelectorAll("form[data-autosubmit]").forEach((form) => {
  form.addEventListener("change", ({ target }) => {
    // A date typed digit by digit passes through the years 0002 and 0020.
    const typing = target.type === "date" && target.value !== "" && target.value < "1900";
    if (!typing) form.requestSubmit();
  });
});
