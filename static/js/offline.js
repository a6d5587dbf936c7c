// Logging a contact without a line: the entry waits in the outbox, is shown as waiting, and is sent
// once when the line is back; what the server refuses comes back as a draft with the reason.
import { all, clear, drop, keep, send } from "./outbox.js";
import { forget, forgetAll, write } from "./drafts.js";
import { toast } from "./toast.js";

const box = document.getElementById("outbox");
const page = box?.dataset.page;
const user = box?.dataset.user;
const ASIDE = ["csrfmiddlewaretoken", "key", "q", "line", "typed_at"];

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

const line = (text, ...buttons) => {
  const row = document.createElement("p");
  const words = document.createElement("span");
  words.textContent = text;
  row.append(words);
  for (const [label, act] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn small";
    button.textContent = label;
    button.addEventListener("click", act);
    row.append(button);
  }
  return row;
};

const draw = async () => {
  if (!box) return;
  const { waiting, refused, sendNow, open, discard } = box.dataset;
  const entries = await all(user);
  const rows = [];
  const count = entries.filter((entry) => !entry.refused).length;
  if (count) rows.push(line(fill(waiting, { count }), [sendNow, flush]));
  for (const entry of entries.filter((one) => one.refused)) {
    const back = async () => {
      write(user, entry.account, entry.fields);
      await drop(entry.key);
      location.assign(`${page}?account=${encodeURIComponent(entry.account)}&draft=1`);
    };
    const away = async () => {
      await drop(entry.key);
      draw();
    };
    rows.push(line(fill(refused, { name: entry.name, reason: entry.refused }), [open, back], [discard, away]));
  }
  box.replaceChildren(...rows);
  box.hidden = rows.length === 0;
};

const flush = async () => tell(await send(page));

const tell = async (stored) => {
  await draw();
  if (stored) {
    toast(fill(box.dataset.sent, { count: stored }));
    document.dispatchEvent(new CustomEvent("contact-logged", { bubbles: true }));
  }
};

const store = async (form) => {
  const data = [...new FormData(form)].filter(([name, value]) => !ASIDE.includes(name) && typeof value === "string");
  const select = form.querySelector("select[name=account]");
  const account = data.findLast(([name, value]) => name === "account" && value)?.[1] ?? "";
  if (!account) {
    toast(box.dataset.account, "fail");
    return;
  }
  const fields = [...data.filter(([name]) => name !== "account"), ["account", account]];
  const name = form.querySelector("#log-account .token")?.textContent.trim() || select?.selectedOptions[0]?.textContent || "";
  await keep({ key: form.elements.key.value, user, account, name, fields, typedAt: new Date().toISOString() });
  forget(user, account);
  const workers = await navigator.serviceWorker?.getRegistration();
  workers?.sync?.register("outbox").catch(() => {});
  await draw();
  toast(box.dataset.kept);
  setTimeout(flush, 5000); // an answer may be lost although there is a line
  if (form.closest("dialog")) form.closest("dialog").close();
  else {
    form.elements.key.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    form.querySelectorAll("textarea, input:not([type=hidden], [type=radio], [type=checkbox])").forEach((field) => {
      field.value = "";
    });
  }
};

const isEntry = (form) => form?.matches?.("form[data-log-form][data-user]");
// A second POST of one that is on its way would do no harm (the key), but need not be.
if (box) {
  document.addEventListener(
    "submit",
    (event) => {
      if (!isEntry(event.target) || navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      store(event.target);
    },
    true,
  );
  // There seemed to be a line, yet no answer came: it may be stored or not.
  document.addEventListener("htmx:sendError", (event) => {
    const form = event.detail.elt;
    if (isEntry(form) && event.detail.requestConfig.verb === "post") {
      event.stopImmediatePropagation();
      store(form);
    }
  }, true);
  addEventListener("online", flush);
  navigator.serviceWorker?.addEventListener("message", (event) => tell(event.data.stored));
  const marked = () => document.documentElement.toggleAttribute("data-offline", !navigator.onLine);
  addEventListener("online", marked);
  addEventListener("offline", marked);
  marked();
  draw();
  if (navigator.onLine) all(user).then((entries) => entries.some((entry) => !entry.refused) && flush());
  navigator.serviceWorker?.register(box.dataset.worker, { type: "module" }).then(
    () => caches.open("keel-page").then(async (cache) => (await cache.match(page)) ?? cache.add(page)),
    () => {}, // without it one can still log while a page is open
  );
}

// At log-out everything private goes: drafts, what waits, the kept page.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!box || !form.matches?.("form[action$='/logout/']") || form.dataset.cleared) return;
  event.preventDefault();
  if (navigator.onLine) await send(page);
  const left = await all(user).catch(() => []);
  if (left.length && !confirm(fill(box.dataset.lose, { count: left.length }))) return;
  forgetAll();
  await Promise.all([clear(), caches.delete("keel-page")]).catch(() => {});
  form.dataset.cleared = "yes";
  form.requestSubmit();
});

