// Light and dark: shows the choice at once and tells the server in the background.
// <form data-theme-switch> with one button named theme.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const shown = () => root.dataset.theme ?? (system.matches ? "dark" : "light");

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-switch]");
  if (!form) return;
  event.preventDefault();
  const wanted = shown() === "dark" ? "light" : "dark";
  root.dataset.theme = wanted;
  const body = new FormData(form);
  body.set("theme", wanted);
  fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  document.dispatchEvent(new CustomEvent("theme-changed", { detail: { theme: wanted } }));
});
