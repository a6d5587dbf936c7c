// Entries of the contact log that wait for the line, kept in IndexedDB; for pages and for the
// service worker alike. An entry is {key, user, account, name, fields: [[name, value]...],
// typedAt, refused}. Each is sent under its key, so that one that did arrive is not stored again.
const OPEN = ["keel", 1];
const STORE = "outbox";

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const within = async (mode, act) => {
  const request = indexedDB.open(...OPEN);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
  const base = await done(request);
  try {
    return await done(act(base.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    base.close();
  }
};

export const keep = (entry) => within("readwrite", (store) => store.put(entry));
export const drop = (key) => within("readwrite", (store) => store.delete(key));
export const clear = () => within("readwrite", (store) => store.clear());
export const all = async (user) => (await within("readonly", (store) => store.getAll())).filter((entry) => entry.user === user);

// The form says for whom it is and lets one post; null where there is no line or no session.
const pass = async (page) => {
  const answer = await fetch(page, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.redirected) return null;
  const text = await answer.text();
  const token = text.match(/name="csrfmiddlewaretoken" value="(\w+)"/)?.[1];
  const user = text.match(/data-user="(\d+)"/)?.[1];
  return token && user ? { token, user } : null;
};

// Send what waits; return how many were stored. Two tabs may do so at once: the key sees to it.
export const send = async (page) => {
  let stored = 0;
  try {
    const mine = await pass(page);
    if (!mine) return 0;
    for (const entry of await all(mine.user)) {
      if (entry.refused) continue;
      const body = new URLSearchParams(entry.fields);
      body.set("key", entry.key);
      body.set("typed_at", entry.typedAt);
      const answer = await fetch(page, {
        method: "POST",
        credentials: "same-origin",
        headers: { Accept: "application/json", "X-CSRFToken": mine.token },
        body,
      });
      if (answer.ok) {
        await drop(entry.key);
        stored += 1;
      } else if ([403, 404, 409, 422].includes(answer.status)) {
        const reason = await answer.json().then(({ faults }) => faults.join(" "), () => "");
        await keep({ ...entry, refused: reason || String(answer.status) });
      }
    }
  } catch {
    // No line yet: the next chance is the event "online", a sync, or the next page.
  }
  return stored;
};
