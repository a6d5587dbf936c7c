// <div data-combobox="name">: an <input role="combobox"> above a [data-options] with a list box.
// Arrows move, Enter picks, Escape closes. A pick is the event "combobox:pick" {value} on the div.
// Options with data-text are filtered here, the others come from the server as one types.
const part = (root) => ({
  input: root.querySelector("[role=combobox]"),
  frame: root.querySelector("[data-options]"),
  options: [...root.querySelectorAll("[role=option]:not([hidden])")],
  active: root.querySelector("[role=option][aria-selected=true]:not([hidden])"),
});

const rootOf = (event) => event.target.closest?.("[data-combobox]");

const activate = (root, option) => {
  const { input } = part(root);
  root.querySelectorAll("[aria-selected=true]").forEach((old) => old.setAttribute("aria-selected", "false"));
  if (option) {
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  } else input.removeAttribute("aria-activedescendant");
};

const show = (root, first) => {
  const { input, frame, options } = part(root);
  frame.hidden = !frame.textContent.trim();
  input.setAttribute("aria-expanded", String(options.length > 0 && !frame.hidden));
  activate(root, first ? options[0] : null);
};

const hide = (root) => {
  const { input, frame } = part(root);
  frame.hidden = true;
  input.setAttribute("aria-expanded", "false");
  activate(root, null);
};

const pick = (root, option) => {
  hide(root);
  root.dispatchEvent(new CustomEvent("combobox:pick", { bubbles: true, detail: { value: option.dataset.value } }));
};

// Options that stand in the page: those that hold every word typed and are not taken yet.
const filter = (root) => {
  const { input } = part(root);
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [...root.querySelectorAll("[role=option]")];
  all.forEach((option) => {
    const text = option.dataset.text.toLowerCase();
    option.hidden = option.dataset.taken === "true" || !words.every((word) => text.includes(word));
  });
  if (all.some((option) => !option.hidden)) show(root, words.length > 0);
  else hide(root);
};

const isLocal = (root) => root.querySelector("[role=option][data-text]") !== null;

document.addEventListener("focusin", (event) => {
  const root = rootOf(event);
  document.querySelectorAll("[data-combobox]").forEach((other) => other !== root && hide(other));
  if (root && event.target.matches("[role=combobox]") && !isLocal(root)) show(root, event.target.value !== "");
});

// A list from the server is that of an earlier text until the next one arrives: Enter waits for it.
const waiting = new WeakMap(); // div -> whether Enter was pressed meanwhile

document.addEventListener("input", (event) => {
  const root = rootOf(event);
  if (!root || !event.target.matches("[role=combobox]")) return;
  if (!isLocal(root)) {
    waiting.set(root, false);
    activate(root, null);
  } else if (event.target.value.trim()) filter(root);
  else hide(root);
});

// After settling: until then htmx gives an option that was there before its old attributes.
document.addEventListener("htmx:afterSettle", (event) => {
  const frame = event.detail.target;
  if (!frame.matches?.("[data-options]")) return catchUp();
  const root = frame.closest("[data-combobox]");
  if (!root?.contains(document.activeElement)) return;
  const { input } = part(root);
  const asked = event.detail.requestConfig.formData.get(input.name);
  if (waiting.has(root) && asked !== input.value) return show(root, false); // another answer is on its way
  const pressed = waiting.get(root);
  waiting.delete(root);
  show(root, input.value !== "");
  const { active } = part(root);
  if (pressed && active) pick(root, active);
});

// What was typed into a field that had just come, before htmx listened to it.
const catchUp = () =>
  document.querySelectorAll("[data-combobox]").forEach((root) => {
    const pressed = waiting.get(root);
    if (pressed === undefined) return;
    part(root).input.dispatchEvent(new Event("input", { bubbles: true }));
    waiting.set(root, pressed);
  });

document.addEventListener("keydown", (event) => {
  const root = rootOf(event);
  if (!root || !event.target.matches("[role=combobox]") || event.isComposing) return;
  const { input, frame, options, active } = part(root);
  const open = !frame.hidden;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!open) return isLocal(root) ? filter(root) : show(root, true);
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = active ? options.indexOf(active) + step : step > 0 ? 0 : -1;
    activate(root, options.at(at % options.length));
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault(); // it picks; what is typed here is no value of the form
    const option = open && (active ?? (input.value.trim() && !waiting.has(root) && options[0]));
    if (option) pick(root, option);
    else if (waiting.has(root)) waiting.set(root, true);
    else if (!input.value) root.dispatchEvent(new CustomEvent("combobox:leave", { bubbles: true }));
  } else if (event.key === "Escape" && open) {
    event.preventDefault();
    event.stopPropagation();
    hide(root);
  }
});

// A press on an option must not take the focus from the field.
document.addEventListener("pointerdown", (event) => {
  if (event.target.closest?.("[data-combobox] [role=option]")) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const option = event.target.closest?.("[data-combobox] [role=option]");
  if (option) pick(option.closest("[data-combobox]"), option);
});
