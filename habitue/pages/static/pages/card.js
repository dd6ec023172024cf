// The card on a phone: what it last showed is kept for when there is no network, the screen stays
// awake while the code is large, an app is offered where the browser can, a countdown moves.
const CARD = "habitue card ";
const card = document.getElementById("card");

if (card) {
  const { state, next, number, at } = card.dataset;
  localStorage.setItem(CARD + card.dataset.scope, JSON.stringify({ state, next, number, at }));
  navigator.serviceWorker?.register(card.dataset.worker, { scope: card.dataset.scope }).catch(() => {});
}

if (document.getElementById("kept")) {
  const scope = Object.keys(localStorage).find((name) => name.startsWith(CARD) && location.pathname.startsWith(name.slice(CARD.length)));
  const seen = JSON.parse(localStorage.getItem(scope) ?? "{}");
  for (const place of document.querySelectorAll("[data-kept]")) place.textContent = seen[place.dataset.kept] ?? "–";
}

// What is gone is forgotten here too: the card of this address, or after a goodbye the one before.
if (document.getElementById("gone") || document.getElementById("goodbye")) {
  const from = document.getElementById("gone") ? location.pathname : new URL(document.referrer || location).pathname;
  const held = (path) => from === path || from.startsWith(`${path}/`);
  for (const name of Object.keys(localStorage)) if (name.startsWith(CARD) && held(name.slice(CARD.length))) localStorage.removeItem(name);
  navigator.serviceWorker?.getRegistrations().then((all) => all.filter((one) => held(new URL(one.scope).pathname)).forEach((one) => one.unregister()));
}

async function wake() {
  if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen").catch(() => {});
}
if (document.body.classList.contains("full") || document.getElementById("wish")) {
  document.addEventListener("visibilitychange", wake);
  wake();
}

window.addEventListener("beforeinstallprompt", (event) => {
  const button = document.getElementById("install");
  if (!button) return;
  event.preventDefault();
  button.hidden = false;
  button.addEventListener("click", () => event.prompt());
});

const share = document.getElementById("share");
if (share && navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => navigator.share({ url: share.dataset.address }).catch(() => {}));
}

// The server says how long; between its answers the clock moves by itself.
let ends = 0;
function clock() {
  const wish = document.getElementById("wish");
  const count = wish?.querySelector(".count");
  if (!count) return;
  ends ||= Date.now() + 1000 * Number(wish.dataset.left);
  const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
  count.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}
document.addEventListener("htmx:after:swap", () => {
  ends = 0;
  if (document.querySelector("#wish .done")) navigator.vibrate?.(60);
});
setInterval(clock, 500);
