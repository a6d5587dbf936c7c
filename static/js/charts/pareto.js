// Where the value sits: a bar per account (or per step of accounts), the cumulative share as a
// curve above it, the line at 80 %, and where the classes end.
import { dashed, knob, options, width, write, written } from "./common.js";
import { colour } from "./palette.js";

const SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, text: at ? `${at * 100}%` : "" }));

export function pareto(canvas, data) {
  const { steps, ends, axis, labels } = data;
  const shades = { A: colour("chart-a"), B: colour("chart-b"), C: colour("chart-c") };
  const common = options();
  // The step with which a class ends, counted from the left edge.
  const edges = ends.map((end) => steps.findIndex((step) => step.last === end.accounts) + 1);
  const money = written(axis.ticks);
  const shares = written(SHARES);
  shares.ticks.color = (tick) => colour(tick.tick.value === 0.8 ? "cinnabar" : "ink-3");
  shares.grid = { display: false };

  const classes = {
    id: "classes",
    beforeDatasetsDraw({ ctx, chartArea, scales }) {
      if (ends[0]?.class !== "A") return;
      ctx.save();
      ctx.fillStyle = colour("azurite-wash");
      const right = scales.edge.getPixelForValue(edges[0]);
      ctx.fillRect(chartArea.left, chartArea.top, right - chartArea.left, chartArea.height);
      ctx.restore();
    },
    afterDatasetsDraw({ ctx, chartArea, scales }) {
      const height = scales.share.getPixelForValue(0.8);
      dashed(ctx, [chartArea.left, height], [chartArea.right, height], "cinnabar");
      let left = chartArea.left;
      ends.forEach((end, place) => {
        const x = scales.edge.getPixelForValue(edges[place]);
        const y = scales.share.getPixelForValue(end.share);
        const last = place === ends.length - 1;
        if (!last) {
          dashed(ctx, [x, y], [x, chartArea.bottom], "ink-3");
          knob(ctx, x, y, place ? 4 : 5);
          const below = place ? 24 : Math.max(24, height - y + 24);
          const style = place ? { weight: 500 } : { weight: 600, ink: "ink" };
          if (chartArea.right - x > 150) write(ctx, end.note, x + 10, y + below, style);
        }
        const style = { ink: place ? "ink-2" : "azurite", weight: place ? 500 : 600 };
        const short = width(ctx, end.label, style.weight) + 8 > x - left ? end.class : end.label;
        write(ctx, short, (left + x) / 2, chartArea.bottom + 20, { ...style, align: "center" });
        left = x;
      });
    },
  };

  common.interaction = { mode: "index", intersect: false, axis: "x" };
  common.plugins.tooltip.filter = (item) => item.datasetIndex === 0;
  common.plugins.tooltip.callbacks = {
    title: ([item]) => (item ? steps[item.dataIndex].title : ""),
    label: (item) => {
      const { amount, percent } = steps[item.dataIndex];
      return [amount, labels.share.replace("{share}", percent)];
    },
  };
  return new Chart(canvas, {
    data: {
      labels: steps.map((step) => step.title),
      datasets: [
        {
          type: "bar",
          data: steps.map((step) => step.mean),
          backgroundColor: steps.map((step) => shades[step.class]),
          hoverBackgroundColor: colour("azurite"),
          categoryPercentage: 1,
          barPercentage: steps.length > 100 ? 0.9 : 0.72,
          minBarLength: 1,
          order: 2,
        },
        {
          type: "line",
          data: [{ x: 0, y: 0 }, ...steps.map((step, n) => ({ x: n + 1, y: step.share }))],
          xAxisID: "edge",
          yAxisID: "share",
          borderColor: colour("ink"),
          borderWidth: 1.75,
          pointRadius: 0,
          pointHitRadius: 0,
          pointHoverRadius: 0,
          order: 1,
        },
      ],
    },
    options: {
      ...common,
      layout: { padding: { bottom: 26, top: 6 } },
      scales: {
        x: { display: false },
        edge: { axis: "x", type: "linear", display: false, min: 0, max: steps.length },
        y: { min: 0, max: axis.top, ...money },
        share: { axis: "y", type: "linear", position: "right", min: 0, max: 1, ...shares },
      },
    },
    plugins: [classes],
  });
}
