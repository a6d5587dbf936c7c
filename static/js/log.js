// The form of a contact (<form data-log-form>): what a pick in one of its combo boxes means, and
// Ctrl-Enter where it stands as a page (in a dialog dialog.js sees to that).
const redraw = (form, account) => {
  form.querySelectorAll("[data-picked=account]").forEach((field) => {
    field.value = account;
  });
  form.querySelector("[data-redraw]").dispatchEvent(new Event("redraw"));
};

const boxes = (form) => [...form.querySelectorAll("[data-checks=people] input[name=theirs]")];

// Who is checked is not offered again in the list.
const mark = (form) =>
  boxes(form).forEach((box) => {
    const option = form.querySelector(`[data-combobox=people] [data-value="${box.value}"]`);
    if (option) option.dataset.taken = String(box.checked);
  });

document.addEventListener("combobox:pick", (event) => {
  const form = event.target.closest("[data-log-form]");
  if (!form) return;
  if (event.target.dataset.combobox === "account") return redraw(form, event.detail.value);
  const box = boxes(form).find(({ value }) => value === event.detail.value);
  if (!box) return;
  box.checked = true;
  event.target.querySelector("[role=combobox]").value = "";
  mark(form);
});

// Enter in the empty search: nobody more. On to what was said.
document.addEventListener("combobox:leave", (event) => {
  if (event.target.dataset.combobox === "people") event.target.closest("form").querySelector("#log-note").focus();
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-log-form]");
  if (form && event.target.name === "theirs") mark(form);
});

document.addEventListener("focusin", (event) => {
  if (event.target.id === "log-people") mark(event.target.closest("[data-log-form]"));
});

// With the account come its people; where it has none, the kind is next.
document.addEventListener("htmx:afterSettle", () => {
  const parties = document.getElementById("log-parties");
  if (!parties?.querySelector("#log-theirs") || document.activeElement !== document.body) return;
  parties.closest("form").querySelector("[data-digits] input:checked")?.focus();
});

document.addEventListener("click", (event) => {
  const forget = event.target.closest("[data-forget]");
  if (!forget) return;
  event.preventDefault();
  redraw(forget.closest("[data-log-form]"), "");
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-log-form]");
  if (!form) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !form.closest("dialog")) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-save]"));
  }
  // Enter in the line reads it; it is no value of the entry.
  if (event.key === "Enter" && event.target.id === "log-line" && !event.isComposing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-read]"));
  }
  // Backspace in the empty search takes back the last person picked.
  if (event.key === "Backspace" && event.target.id === "log-people" && !event.target.value) {
    const last = boxes(form).findLast((box) => box.checked);
    if (last) last.checked = false;
    mark(form);
  }
});

// A folded part with a fault in it, or pointed at from the list of faults, unfolds.
document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-log-form] a[href^='#']")?.hash;
  const place = target && document.querySelector(target);
  if (!place) return;
  event.preventDefault();
  for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const field = place.matches("input, textarea, select") ? place : place.querySelector("input:not([type=hidden]), select");
  (field ?? place).focus();
});

// On the page of the form the key l and the button lead to the form, not to a second one over it.
document.addEventListener(
  "click",
  (event) => {
    const form = document.querySelector("main [data-log-form]");
    if (!form || !event.target.closest("[data-log]")) return;
    event.preventDefault();
    event.stopPropagation();
    form.querySelector("[role=combobox], textarea").focus();
  },
  true,
);
