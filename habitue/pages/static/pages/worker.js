// Keeps one page and its files for when there is no network. Before this script stands
// `const APP = {version, scope, kept, files}` (webapp.py); nothing else is ever kept.
const SHELF = `habitue ${APP.scope} `;
const OWN = SHELF + APP.version;
const PATIENCE = 4000; // milliseconds until a page that does not come is given up
const FILES = new Set(APP.files);
const unserved = new Set(); // pages that came from the shelf: their files come from there too

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(clear()));
self.addEventListener("message", (event) => { if (event.data === "take over") self.skipWaiting(); });
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, event.resultingClientId));
  else if (FILES.has(address.pathname)) event.respondWith(file(request, event.clientId));
});

async function fill() {
  const shelf = await caches.open(OWN);
  await shelf.addAll([APP.kept, ...APP.files].map((address) => new Request(address, { cache: "reload" })));
}

async function clear() {
  const old = (await caches.keys()).filter((name) => name.startsWith(SHELF) && name !== OWN);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request, client) {
  try {
    return await soon(fetch(request));
  } catch {
    unserved.add(client);
    return fromShelf(APP.kept);
  }
}

async function file(request, client) {
  if (unserved.has(client)) return fromShelf(request);
  try {
    return await soon(fetch(request));
  } catch {
    return fromShelf(request);
  }
}

async function fromShelf(request) {
  const shelf = await caches.open(OWN);
  return (await shelf.match(request, { ignoreSearch: true })) ?? Response.error();
}

function soon(promise) {
  const late = new Promise((_, refuse) => setTimeout(() => refuse(new Error("no answer")), PATIENCE));
  return Promise.race([promise, late]);
}
