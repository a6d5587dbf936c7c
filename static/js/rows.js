// <table data-rows>: j and k walk from row to row, x ticks one (with Shift all since the last),
// Enter opens, Escape forgets the selection. <form data-bulk> is shown while any is ticked.
const boxes = () => [...document.querySelectorAll("[data-row] input[name=pick]")];

const show = () => {
  const form = document.querySelector("[data-bulk]");
  if (!form) return;
  const count = boxes().filter((box) => box.checked).length;
  const everything = form.querySelector("[data-everything]").checked;
  form.toggleAttribute("data-shown", Boolean(count || everything));
  const said = form.querySelector("[data-picked]");
  const { one, many } = said.dataset;
  said.textContent = everything ? "" : count === 1 ? one : many.replace("{count}", count);
  const all = document.querySelector("[data-pick-all]");
  if (all) {
    all.checked = count > 0 && count === boxes().length;
    all.indeterminate = count > 0 && !all.checked;
  }
};

let last = null;
const tick = (box, range) => {
  const all = boxes();
  const from = range && last ? all.indexOf(last) : -1;
  const to = all.indexOf(box);
  if (from >= 0) {
    for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = box.checked;
  }
  last = box;
  show();
};

document.addEventListener("click", (event) => {
  if (event.target.matches?.("[data-row] input[name=pick]")) tick(event.target, event.shiftKey);
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-pick-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
    show();
  } else if (event.target.matches?.("[data-everything]")) show();
});
document.addEventListener("reset", (event) => {
  if (event.target.matches?.("[data-bulk]")) setTimeout(show);
});

const rows = () => [...document.querySelectorAll("[data-row]")];
const here = () => document.activeElement?.closest?.("[data-row]");

const walk = (step) => {
  const all = rows();
  const at = all.indexOf(here());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  const link = next?.querySelector("th a");
  link?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(link);
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.body.dataset.shortcuts === "off" || document.querySelector("dialog:modal")) return;
  if (!document.querySelector("[data-rows]")) return;
  const field = event.target.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (field) return;
  const key = event.key.toLowerCase();
  let done = false;
  if (key === "j") done = walk(1);
  else if (key === "k") done = walk(-1);
  else if (key === "x" && here()) {
    const box = here().querySelector("input[name=pick]");
    box.checked = !box.checked;
    tick(box, event.shiftKey);
    done = true;
  } else if (key === "escape" && boxes().some((box) => box.checked)) {
    document.querySelector("[data-bulk]")?.reset();
    done = true;
  }
  if (done) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", show);
show();
