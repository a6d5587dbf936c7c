// Colours of the charts: the custom properties of tokens.css, as the canvas can take them.
// A property may be written with light-dark() or in any colour space; a canvas pixel is plain RGB.
const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const probe = document.createElement("span");

export function colour(name, alpha = 1) {
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  pixel.canvas.width = pixel.canvas.height = 1;
  pixel.fillStyle = resolved;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}

// Our type at 12 px, less on paper, where the root's is smaller.
export function type(weight = 400) {
  const root = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return { family: getComputedStyle(document.body).fontFamily, size: 0.75 * root, weight };
}

export function font(weight) {
  const { family, size } = type(weight);
  return `${weight} ${size}px ${family}`;
}

// Calls back whenever light and dark change places, and around printing, which is on white paper.
export function onThemeChange(redraw) {
  const root = document.documentElement;
  new MutationObserver(redraw).observe(root, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  let before;
  addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.dataset.theme = "light";
    redraw();
  });
  addEventListener("afterprint", () => {
    if (before) root.dataset.theme = before;
    else delete root.dataset.theme;
    redraw();
  });
}
