// Drafts of the contact log, per person and account, in this browser for 14 days: offered when the
// form opens again, gone when it was sent, discarded, or at log-out.
const DAYS = 14;
const PREFIX = "keel:draft:";
const ASIDE = ["csrfmiddlewaretoken", "key", "account", "q", "line", "typed_at", "step_who"];

const place = (user, account) => `${PREFIX}${user}:${account || ""}`;

export const read = (user, account) => {
  try {
    const draft = JSON.parse(localStorage.getItem(place(user, account)));
    if (draft && Date.now() - draft.at < DAYS * 86_400_000) return draft;
    localStorage.removeItem(place(user, account));
  } catch {
    // Broken or barred: as if there were none.
  }
  return null;
};
export const write = (user, account, fields) => {
  const kept = fields.filter(([name]) => !ASIDE.includes(name));
  try {
    localStorage.setItem(place(user, account), JSON.stringify({ at: Date.now(), fields: kept }));
  } catch {
    // Full or barred.
  }
};
export const forget = (user, account) => localStorage.removeItem(place(user, account));
export const forgetAll = () =>
  Object.keys(localStorage)
    .filter((name) => name.startsWith(PREFIX))
    .forEach((name) => localStorage.removeItem(name));

const formOf = (node) => node?.closest?.("form[data-log-form][data-user]");
const accountOf = (form) => form.querySelector("[data-picked=account]")?.value ?? "";
const worth = ["note", "subject", "step_what", "someone_new", "at"];
const isWorth = (form) => worth.some((name) => form.elements[name]?.value?.trim());

const fillIn = (form, fields) => {
  for (const field of form.elements) {
    if (!field.name || ASIDE.includes(field.name) || field.type === "hidden") continue;
    const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (["checkbox", "radio"].includes(field.type)) field.checked = values.includes(field.value);
    else field.value = values[0] ?? "";
  }
  const more = form.querySelector("details.fold");
  if (more && ["subject", "tone"].some((name) => fields.some(([key, value]) => key === name && value))) more.open = true;
  form.querySelector("#log-note")?.focus();
};

const offer = () => {
  document.querySelectorAll("form[data-log-form][data-user]").forEach((form) => {
    const account = accountOf(form);
    if (form.dataset.offered === account) return;
    form.dataset.offered = account;
    const draft = read(form.dataset.user, account);
    const bar = form.querySelector("[data-draft]");
    bar.hidden = !draft || isWorth(form);
    if (draft && new URLSearchParams(location.search).has("draft") && !isWorth(form)) {
      bar.hidden = true;
      fillIn(form, draft.fields);
    }
  });
};

let timer = 0;
document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (!form) return;
  clearTimeout(timer);
  timer = setTimeout(() => save(form), 150);
});
const save = (form) => {
  const account = accountOf(form);
  if (!form.isConnected || !isWorth(form)) return;
  // With an account picked it is no longer the draft of none.
  if (account) forget(form.dataset.user, "");
  write(form.dataset.user, account, [...new FormData(form)].filter(([, value]) => typeof value === "string"));
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-draft] button");
  if (!button) return;
  const form = formOf(button);
  const { user } = form.dataset;
  const draft = read(user, accountOf(form));
  if (button.dataset.continue !== undefined && draft) fillIn(form, draft.fields);
  else forget(user, accountOf(form));
  form.querySelector("[data-draft]").hidden = true;
});

// Sent: by htmx the event says so; after a plain POST the next page that shows no fault.
const SENT = "keel:sent";
document.addEventListener("submit", (event) => {
  const form = formOf(event.target);
  if (!form) return;
  clearTimeout(timer);
  save(form);
  sessionStorage.setItem(SENT, JSON.stringify([form.dataset.user, accountOf(form)]));
});
const sent = () => {
  const [user, account] = JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
  sessionStorage.removeItem(SENT);
  if (user) [account, ""].forEach((one) => forget(user, one));
};
document.addEventListener("contact-logged", sent);
if (document.querySelector("form[data-log-form] [role=alert]")) sessionStorage.removeItem(SENT);
else if (sessionStorage.getItem(SENT)) sent();

document.addEventListener("htmx:afterSettle", offer);
offer();
