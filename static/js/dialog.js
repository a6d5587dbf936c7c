// Dialogs. <button data-open="id"> opens one that stands in the page. One that htmx fills (its
// hx-target is the <dialog>) opens when its content arrives, and closes on [data-close], when the
// server answers with the event "close-dialog", or with nothing. Ctrl-Enter submits its form.
const open = (dialog) => {
  if (!dialog || dialog.matches(":modal")) return;
  dialog.removeAttribute("open");
  dialog.showModal();
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) open(document.getElementById(opener.dataset.open));
  else if (event.target.closest("[data-close]")) {
    const dialog = event.target.closest("dialog");
    if (!dialog?.open) return;
    event.preventDefault(); // without scripts it is a link away from the page
    dialog.close();
  } else if (event.target.matches?.("dialog:modal") && isOutside(event)) event.target.close();
});

// A click on the backdrop is a click on the dialog itself, outside its box.
const isOutside = ({ target, clientX, clientY }) => {
  const box = target.getBoundingClientRect();
  const inside = clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
  return !inside && !target.querySelector("textarea, input[type=text]");
};

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.target.closest?.("dialog form")?.requestSubmit();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.detail.target.closest?.("dialog");
  if (!dialog) return;
  if (!dialog.textContent.trim()) dialog.close();
  else if (!dialog.matches(":modal")) open(dialog);
  else dialog.querySelector("[aria-invalid='true'], [autofocus]")?.focus();
});

document.addEventListener("close-dialog", () => {
  document.querySelectorAll("dialog:modal").forEach((dialog) => dialog.close());
});
