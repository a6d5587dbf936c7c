// Keys. Single letters can be switched off (<body data-shortcuts="off">); those with Ctrl stay.
const single = {
  l: () => document.querySelector("[data-log]"),
  "/": () => document.querySelector("[data-search]"),
  "?": () => document.querySelector("[data-open='keys']"),
};

const use = (element) => {
  if (!element) return false;
  if (element.matches("input:not([data-search])")) element.focus();
  else element.click();
  return true;
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    if (use(single["/"]())) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.shortcuts === "off") return;
  if (event.target.matches?.("input, textarea, select, [contenteditable]")) return;
  if (document.querySelector("dialog:modal")) return;
  const find = single[event.key] ?? single[event.key.toLowerCase()];
  if (find && use(find())) event.preventDefault();
});
