// The account page: draws value by month, again whenever the theme changes.
import { onThemeChange } from "./palette.js";
import { value } from "./value.js";

let chart;

function draw() {
  const canvas = document.querySelector("canvas[data-chart='value']");
  if (!canvas) return;
  chart?.destroy();
  chart = value(canvas, JSON.parse(document.getElementById(canvas.dataset.source).textContent));
}

draw();
onThemeChange(draw);
