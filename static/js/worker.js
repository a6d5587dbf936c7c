// The service worker: the static shell and one page, the form of the contact log, without a line.
// No other answer is kept. What waits in the outbox goes out when the browser says so.
import { send } from "./outbox.js";

const PAGES = "keel-page"; // private: emptied at log-out

export const serve = ({ version, assets, page }) => {
  const shell = `keel-shell-${version}`;

  self.addEventListener("install", (event) => {
    event.waitUntil(caches.open(shell).then((cache) => cache.addAll(assets)).then(() => self.skipWaiting()));
  });

  self.addEventListener("activate", (event) => {
    const old = async () => {
      for (const name of await caches.keys()) if (name.startsWith("keel-shell-") && name !== shell) await caches.delete(name);
      await self.clients.claim();
    };
    event.waitUntil(old());
  });

  const fromNetwork = async (request, own) => {
    try {
      const answer = await fetch(request);
      // Only the plain form: with a query it would be about one account.
      if (own && answer.ok && !answer.redirected) (await caches.open(PAGES)).put(page, answer.clone());
      return answer;
    } catch (fault) {
      const kept = await (await caches.open(PAGES)).match(page);
      if (kept) return kept;
      throw fault;
    }
  };

  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) return;
    if (request.mode === "navigate") {
      event.respondWith(fromNetwork(request, url.pathname === page && !url.search));
    } else if (assets.includes(url.pathname)) {
      event.respondWith(caches.open(shell).then(async (cache) => (await cache.match(url.pathname)) ?? fetch(request)));
    }
  });

  self.addEventListener("sync", (event) => {
    const all = async () => {
      const stored = await send(page);
      for (const client of await self.clients.matchAll()) client.postMessage({ stored });
    };
    if (event.tag === "outbox") event.waitUntil(all());
  });
};
