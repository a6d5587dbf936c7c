// The dashboard: draws <canvas data-chart data-source> from the JSON of that id, again whenever
// the theme changes; prints.
import { effort } from "./effort.js";
import { onThemeChange } from "./palette.js";
import { pareto } from "./pareto.js";
import { risk } from "./risk.js";

const KINDS = { effort, pareto, risk };
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
