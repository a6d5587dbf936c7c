// Chips that are radio buttons or boxes underneath.
// [data-clearable]: pressing the chosen one again leaves none chosen.
// [data-digits]: the keys 1 to 9 choose one while nobody is typing.
let wasChecked = null;

const radioOf = (event) => event.target.closest?.("[data-clearable] .chip")?.querySelector("input[type=radio]");

const clear = (radio) => {
  radio.checked = false;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
};

document.addEventListener("pointerdown", (event) => {
  const radio = radioOf(event);
  wasChecked = radio?.checked ? radio : null;
});
document.addEventListener("click", (event) => {
  if (!wasChecked || event.target !== wasChecked) return;
  clear(wasChecked);
  wasChecked = null;
});
document.addEventListener("keydown", (event) => {
  const radio = radioOf(event);
  if (!radio?.checked || ![" ", "Backspace", "Delete"].includes(event.key)) return;
  event.preventDefault();
  clear(radio);
});

// A search field with data-digits-pass lets them pass while it is empty: no name begins with one.
const isTyping = (target) =>
  target.matches?.("textarea, select, input:not([type=radio], [type=checkbox])") &&
  !(target.matches("[data-digits-pass]") && !target.value);

document.addEventListener("keydown", (event) => {
  if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.body.dataset.shortcuts === "off" || isTyping(event.target)) return;
  const dialog = document.querySelector("dialog:modal");
  const group = (dialog ?? document).querySelector("[data-digits]");
  const radio = group?.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!radio) return;
  event.preventDefault();
  radio.checked = true;
  radio.focus();
});
