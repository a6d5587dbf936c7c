// Toasts: what just happened. The server sends the event "toast" {text, level} with an answer to
// htmx; failures of a request speak up here too. A toast leaves by itself, a failure after longer.
const place = document.getElementById("toasts");
const SECONDS = { good: 7, fail: 15 };

export const toast = (text, level = "good") => {
  const node = document.getElementById(`toast-${level}`).content.firstElementChild.cloneNode(true);
  node.querySelector("span").textContent = text;
  place.append(node);
  leave(node, level);
};

const leave = (node, level) => {
  node.dataset.leaving = "";
  const stay = (Number(node.dataset.seconds) || SECONDS[level]) * 1000;
  let timer = setTimeout(() => node.remove(), stay);
  node.addEventListener("pointerenter", () => clearTimeout(timer));
  node.addEventListener("pointerleave", () => {
    timer = setTimeout(() => node.remove(), stay);
  });
};

// Those that came with the page move to where the others are.
document.querySelectorAll("main [data-toast]").forEach((node) => {
  place.append(node);
  leave(node, "good");
});

document.addEventListener("toast", (event) => {
  for (const { text, level } of event.detail.toasts ?? [event.detail]) {
    toast(text, level === "error" || level === "warning" ? "fail" : "good");
  }
});

// Those that the server draws, with an undo or a link in them; once used, they go.
document.addEventListener("htmx:oobAfterSwap", () => {
  place.querySelectorAll("[data-toast]:not([data-leaving])").forEach((node) => leave(node, "good"));
});
place.addEventListener("htmx:afterRequest", (event) => event.target.closest("[data-toast]")?.remove());

document.addEventListener("htmx:sendError", () => toast(place.dataset.offline, "fail"));
document.addEventListener("htmx:responseError", ({ detail }) => {
  const { status, responseText } = detail.xhr;
  const plain = detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
  const { denied, gone, failed } = place.dataset;
  const known = status === 403 ? denied : status === 404 || status === 410 ? gone : failed;
  toast(plain && responseText ? responseText : known, "fail");
});
