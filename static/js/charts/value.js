// Value by month: a bar per month, a tick where the same month of the year before stood. The month
// that is not over yet is drawn paler.
import { options, written } from "./common.js";
import { colour } from "./palette.js";

export function value(canvas, data) {
  const common = options();
  const ticks = {
    id: "before",
    afterDatasetsDraw(chart) {
      const { ctx, scales } = chart;
      const bars = chart.getDatasetMeta(0).data;
      ctx.save();
      ctx.fillStyle = colour("ink");
      data.before.forEach((amount, n) => {
        const width = bars[n].width * 1.27;
        ctx.fillRect(bars[n].x - width / 2, scales.y.getPixelForValue(amount) - 1, width, 2);
      });
      ctx.restore();
    },
  };
  common.interaction = { mode: "index", intersect: false, axis: "x" };
  common.plugins.tooltip.callbacks = {
    title: ([item]) => data.names[item.dataIndex],
    label: (item) => `${data.words.value}: ${data.texts[item.dataIndex]}`,
    afterLabel: (item) => `${data.words.before}: ${data.textsBefore[item.dataIndex]}`,
  };
  const axis = written(data.ticks);
  return new Chart(canvas, {
    type: "bar",
    data: {
      labels: data.labels,
      datasets: [
        {
          data: data.values,
          backgroundColor: data.whole.map((whole) => colour("chart-b", whole ? 1 : 0.45)),
          hoverBackgroundColor: colour("azurite"),
          categoryPercentage: 1,
          barPercentage: 0.6,
          borderRadius: 1.5,
        },
      ],
    },
    options: {
      ...common,
      scales: {
        x: {
          border: { color: colour("line-2") },
          grid: { display: false },
          ticks: { color: colour("ink-3"), font: axis.ticks.font, maxRotation: 0, autoSkip: true },
        },
        y: { min: data.ticks[0].at, max: data.ticks.at(-1).at, ...axis },
      },
    },
    plugins: [ticks],
  });
}
