// Search as a dialog (<dialog data-palette>). What has [data-search] opens it, by a click or by
// typing there; keys.js clicks it for / and Ctrl-K. The field keeps the focus: arrows choose an
// option, Enter opens it, Ctrl-Enter in a new tab, Escape closes. htmx asks while one types.
const dialog = document.querySelector("[data-palette]");
const input = dialog?.querySelector("[role=combobox]");
const frame = document.getElementById("palette-hits");
let shown = null; // the text whose results stand in the list
let pressed = false; // whether Enter waits for them

const options = () => [...frame.querySelectorAll("[role=option]")];
const active = () => frame.querySelector("[role=option][aria-selected=true]");

const activate = (option) => {
  active()?.setAttribute("aria-selected", "false");
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
};

const open = (text = "") => {
  if (dialog.open) return input.select();
  input.value = text;
  shown = null;
  dialog.removeAttribute("data-failed");
  dialog.showModal();
  input.focus();
  window.htmx.trigger(input, "palette-ask");
};

const choose = (option, apart) => {
  if (apart) return option.href && window.open(option.href, "_blank", "noopener");
  option.click();
};

const move = (step) => {
  const all = options();
  if (!all.length) return;
  const at = active() ? all.indexOf(active()) + step : step > 0 ? 0 : -1;
  activate(all.at(at % all.length));
};

if (dialog) {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-search]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-search]") || event.isComposing) return;
    const text = event.target.value;
    event.target.value = "";
    open(text);
  });

  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const apart = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") dialog.close();
    else if (event.target !== input) return;
    else if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter") {
      const option = active();
      if (shown !== input.value && !dialog.hasAttribute("data-failed")) pressed = true;
      else if (option) choose(option, apart);
      else if (input.value.trim()) input.form.submit();
    } else return;
    event.preventDefault();
    event.stopPropagation(); // Ctrl-Enter saves in other dialogs
  });

  frame.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  frame.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    const { press } = option.dataset;
    const button = press && document.querySelector(press);
    if (button) event.preventDefault();
    else if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    dialog.close();
    button?.click();
  });

  dialog.addEventListener("close", () => {
    pressed = false;
    frame.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    activate(null);
  });

  // An answer to a dialog that was closed meanwhile must not open it again.
  // What is swapped out can be the active option no longer; the answer's first becomes it once settled.
  dialog.addEventListener("htmx:beforeSwap", (event) => {
    if (dialog.open) activate(null);
    else event.detail.shouldSwap = false;
  });
  dialog.addEventListener("htmx:beforeRequest", () => dialog.removeAttribute("data-failed"));
  dialog.addEventListener("htmx:afterSettle", (event) => {
    const asked = new URL(event.detail.xhr.responseURL).searchParams.get("q") ?? "";
    shown = asked;
    const all = options();
    input.setAttribute("aria-expanded", String(all.length > 0));
    activate(all[0]);
    if (pressed && shown === input.value) {
      pressed = false;
      if (all[0]) choose(all[0], false);
    }
  });
  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    dialog.addEventListener(failure, (event) => {
      event.stopPropagation(); // the toast would say that nothing was saved
      dialog.setAttribute("data-failed", "");
      pressed = false;
      frame.replaceChildren();
      activate(null);
    });
  }
}
