// The counter's sheet: the undo button counts its minute down; a done action is felt; focus stays.
import { felt } from "./felt.js";
import * as queue from "./queue.js";

const seen = new WeakSet();
const ends = new WeakMap();

function tick() {
  for (const form of document.querySelectorAll(".undo")) {
    if (!ends.has(form)) ends.set(form, Date.now() + 1000 * Number(form.dataset.seconds));
    const left = Math.ceil((ends.get(form) - Date.now()) / 1000);
    if (left <= 0) form.remove();
    else form.querySelector(".count").textContent = left;
  }
  for (const sign of document.querySelectorAll(".done, .bad:not([hidden])")) {
    if (seen.has(sign)) continue;
    seen.add(sign);
    if (sign.classList.contains("done")) felt();
    if (document.activeElement === document.body) (document.querySelector("#sheet .plus") ?? document.querySelector("#sheet button"))?.focus();
  }
}

// Without an answer nothing is green; the button keeps its reference, so pressing again is safe, and
// so is keeping it on the phone: if the server did get it, it counts once.
const unanswered = document.getElementById("unanswered");
const keep = document.getElementById("keep");
const begun = queue.able() ? queue.begin({ quiet: true }) : null;
let pressed = null;
document.addEventListener("submit", (event) => { pressed = event.target; }, true);
document.addEventListener("htmx:error", () => {
  unanswered.hidden = false;
  keep.hidden = !begun || !pressed?.action.endsWith("/stamp");
});
document.addEventListener("htmx:after:swap", () => { unanswered.hidden = true; });
keep.addEventListener("click", async () => {
  const { reference, quantity, amount } = pressed.elements;
  const customer = /\/m\/(\d+)\/stamp$/.exec(pressed.action)[1];
  const [kind, size] = amount ? ["purchase", queue.minor(amount.value)] : ["visit", Number(quantity.value)];
  await begun;
  await queue.keep({ code: `m:${customer}`, kind, size, reference: reference.value });
  unanswered.hidden = true;
});
document.addEventListener("arrived", () => setTimeout(() => location.reload(), 1500)); // as it stands now

setInterval(tick, 250);
tick();
