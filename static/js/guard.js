// <form data-guard>: what was typed into it is not lost by a slip. Leaving the page, or closing the
// dialog it stands in, asks first; sending it does not.
const touched = new Set();

const unsaved = (within) => [...touched].some((form) => form.isConnected && within.contains(form));

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form) touched.add(form);
});
document.addEventListener("submit", () => touched.clear());
document.addEventListener("reset", (event) => touched.delete(event.target));

addEventListener("beforeunload", (event) => {
  if (unsaved(document)) event.preventDefault();
});

const ask = (dialog, event) => {
  if (!unsaved(dialog)) return;
  if (confirm(dialog.querySelector("form[data-guard]").dataset.guard)) {
    dialog.querySelectorAll("form[data-guard]").forEach((form) => touched.delete(form));
  } else {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
};
document.addEventListener("cancel", (event) => event.target.matches?.("dialog") && ask(event.target, event), true);
document.addEventListener(
  "click",
  (event) => {
    const dialog = event.target.closest?.("[data-close]")?.closest("dialog");
    if (dialog) ask(dialog, event);
  },
  true,
);
