// What the charts have in common: no motion, no legend, our type, quiet axes, a plain tooltip.
import { colour, font, type } from "./palette.js";

export function options() {
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: "nearest", intersect: true },
    plugins: {
      legend: { display: false },
      tooltip: {
        backgroundColor: colour("raised"),
        borderColor: colour("line-2"),
        borderWidth: 1,
        titleColor: colour("ink"),
        bodyColor: colour("ink-2"),
        titleFont: type(600),
        bodyFont: type(),
        padding: 10,
        displayColors: false,
        cornerRadius: 6,
      },
    },
  };
}

// A scale whose labelled places the server has chosen and written: {at, text}.
export function written(ticks) {
  return {
    afterBuildTicks: (axis) => {
      axis.ticks = ticks.map((tick) => ({ value: tick.at, label: tick.text }));
    },
    border: { display: false },
    grid: { color: colour("line"), drawTicks: false },
    ticks: {
      callback: (value) => ticks.find((tick) => Math.abs(tick.at - value) < 1e-9)?.text ?? "",
      color: colour("ink-3"),
      font: () => type(),
      padding: 8,
      autoSkip: false,
    },
  };
}

export function width(context, text, weight = 400) {
  context.save();
  context.font = font(weight);
  const { width } = context.measureText(text);
  context.restore();
  return width;
}

export function write(context, text, x, y, { weight = 400, ink = "ink-2", align = "left" } = {}) {
  context.save();
  context.font = font(weight);
  context.fillStyle = colour(ink);
  context.textAlign = align;
  context.fillText(text, x, y);
  const width = context.measureText(text).width;
  context.restore();
  return width;
}

export function dashed(context, from, to, ink) {
  context.save();
  context.strokeStyle = colour(ink);
  context.lineWidth = 1.25;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
  context.restore();
}

export function knob(context, x, y, radius) {
  context.save();
  context.fillStyle = colour("ink");
  context.strokeStyle = colour("sheet");
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.restore();
}
