// <details data-menu>: closes on Escape, on a click elsewhere, and when focus leaves it.
const others = (target) =>
  document.querySelectorAll("[data-menu][open]").forEach((menu) => {
    if (!menu.contains(target)) menu.open = false;
  });

document.addEventListener("click", (event) => {
  others(event.target);
  const item = event.target.closest("[data-menu] .menu :is(a, button)");
  if (item) item.closest("[data-menu]").open = false;
});
document.addEventListener("focusin", (event) => others(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
