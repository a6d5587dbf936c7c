// Risk by value at stake: a circle per account, its area the account's value; a click opens it.
import { options, write, written } from "./common.js";
import { colour, font, type } from "./palette.js";

const NAMED = 8; // accounts written by name
const FILLS = { none: "chart-b", low: "chart-b", watch: "gamboge-fill", high: "cinnabar-fill" };
const GROUNDS = { watch: "gamboge-wash", high: "cinnabar-wash" };

export function risk(canvas, data) {
  const { points, axis, bands, labels } = data;
  const common = options();
  const drawn = points.map((point) => ({
    x: point.score,
    y: point.root,
    r: 3 + 9 * point.size,
    point,
  }));

  const ground = {
    id: "ground",
    beforeDatasetsDraw({ ctx, chartArea, scales }) {
      bands.forEach((band) => {
        const left = scales.x.getPixelForValue(band.from);
        const right = scales.x.getPixelForValue(band.to);
        if (GROUNDS[band.level]) {
          ctx.save();
          ctx.fillStyle = colour(GROUNDS[band.level], 0.6);
          ctx.fillRect(left, chartArea.top, right - left, chartArea.height);
          ctx.restore();
        }
        write(ctx, labels[band.level], (left + right) / 2, chartArea.top - 10, {
          align: "center",
          weight: 500,
        });
      });
    },
    afterDatasetsDraw({ ctx, chartArea, scales }) {
      const taken = [];
      const wanted = drawn.filter(({ point }) => ["watch", "high"].includes(point.level));
      wanted.slice(0, NAMED).forEach(({ x, y, r, point }) => {
        const left = scales.x.getPixelForValue(x);
        const top = scales.y.getPixelForValue(y);
        ctx.font = font(500);
        const width = ctx.measureText(point.name).width;
        const fits = left + r + 6 + width < chartArea.right + 8;
        const start = fits ? left + r + 6 : left - r - 6 - width;
        // Names that would lie over one another are left to the tooltip and the table.
        const box = [start, top - 8, start + width, top + 8];
        if (taken.some((o) => box[0] < o[2] && o[0] < box[2] && box[1] < o[3] && o[1] < box[3])) return;
        taken.push(box);
        write(ctx, point.name, fits ? start : start + width, top + 4, {
          weight: 500,
          ink: "ink",
          align: fits ? "left" : "right",
        });
      });
    },
  };

  common.plugins.tooltip.callbacks = {
    title: ([item]) => item?.raw.point.name ?? "",
    label: ({ raw: { point } }) =>
      labels.stake.replace("{stake}", point.stake).replace("{value}", point.value),
  };
  common.onClick = (_event, [hit]) => {
    if (hit) location.assign(drawn[hit.index].point.url);
  };
  common.onHover = (event, hits) => {
    event.native.target.style.cursor = hits.length ? "pointer" : "";
  };
  const scores = written(
    [0, 20, ...bands.slice(1).map((band) => band.from), 100].map((at) => ({ at, text: `${at}` })),
  );
  scores.grid = { display: false };
  return new Chart(canvas, {
    type: "bubble",
    data: {
      datasets: [
        {
          data: drawn,
          backgroundColor: points.map((point) => colour(FILLS[point.level] ?? "chart-b", 0.9)),
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
      layout: { padding: { top: 24, right: 10 } },
      scales: {
        x: {
          type: "linear",
          min: 0,
          max: 100,
          ...scores,
          title: { display: true, text: labels.score, color: colour("ink-3"), font: () => type() },
        },
        y: { type: "linear", min: 0, max: axis.top * 1.04, ...written(axis.ticks) },
      },
    },
    plugins: [ground],
  });
}
