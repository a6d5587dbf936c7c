// Contact effort against value: a circle per account; a click opens it.
import { options, written } from "./common.js";
import { colour, type } from "./palette.js";

const FILLS = { over: "gamboge-fill", neglected: "cinnabar-fill" };

export function effort(canvas, { points, axis, labels }) {
  const common = options();
  const drawn = points.map((point) => ({ x: point.effort, y: point.root, r: 5, point }));
  common.plugins.tooltip.callbacks = {
    title: ([item]) => item?.raw.point.name ?? "",
    label: ({ raw: { point } }) =>
      labels.said.replace("{effort}", point.effort).replace("{value}", point.value),
  };
  common.onClick = (_event, [hit]) => {
    if (hit) location.assign(drawn[hit.index].point.url);
  };
  common.onHover = (event, hits) => {
    event.native.target.style.cursor = hits.length ? "pointer" : "";
  };
  return new Chart(canvas, {
    type: "bubble",
    data: {
      datasets: [
        {
          data: drawn,
          backgroundColor: points.map((point) => colour(FILLS[point.kind] ?? "chart-b", 0.9)),
          hoverBackgroundColor: colour("azurite"),
          hoverRadius: 1,
          borderColor: colour("sheet"),
          borderWidth: 1,
          clip: false,
        },
      ],
    },
    options: {
      ...common,
      layout: { padding: { top: 12, right: 10 } },
      scales: {
        x: {
          type: "linear",
          min: 0,
          grid: { display: false },
          ticks: { color: colour("ink-3"), font: () => type() },
          title: { display: true, text: labels.effort, color: colour("ink-3"), font: () => type() },
        },
        y: { type: "linear", min: 0, max: axis.top * 1.04, ...written(axis.ticks) },
      },
    },
  });
}
