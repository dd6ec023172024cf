// What the counter's pages show of the outbox: the badge, what waits, what was refused and why.
// Nothing is green here before the server has committed; what is only kept says so in plain ink.
import { felt } from "./felt.js";
import * as outboxes from "./outbox.js";
import { Sending } from "./sending.js";

const box = document.getElementById("queue");
const say = box.dataset;
const part = (name) => box.querySelector(`.${name}`);
const plural = new Intl.PluralRules(document.documentElement.lang);
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", hour: "2-digit", minute: "2-digit" });

export const base = say.base;
export let outbox = null, sending = null;

export const able = outboxes.able;

// Begin: what is kept is shown and sent. A quiet page asks the server only if something waits.
export async function begin({ quiet = false } = {}) {
  outbox = await outboxes.open(base);
  sending = new Sending(base, outbox, show);
  await show(0);
  if (!quiet || (await outbox.waiting()).length) sending.flush();
}

// Keep one action; only when it lies on this phone's disk is it said so.
export async function keep(action) {
  const kept = await outbox.keep(action);
  part("kept").hidden = false;
  part("kept").querySelector(".deed").textContent = `${amount(kept)} ·`;
  part("arrived").hidden = true;
  await show(0);
  if (navigator.onLine) sending.flush();
  return kept;
}

async function show(committed) {
  const [waiting, refused] = [await outbox.waiting(), await outbox.refused()];
  const count = waiting.length ? counted("waiting", waiting.length) : "";
  const offline = sending.state === "offline" ? say.offline : "";
  part("badge").hidden = !count && !offline;
  part("state").textContent = [offline, count].filter(Boolean).join(" · ");
  box.dataset.count = waiting.length;
  box.dataset.ready = Boolean(await outbox.device()); // whether anything can be kept here
  box.classList.toggle("offline", Boolean(offline));
  part("list").replaceChildren(...waiting.map((one) => line(one, "")));
  part("pin").hidden = !(waiting.length && sending.state === "pin");
  if (!waiting.length) part("kept").hidden = true;
  part("refused").hidden = !refused.length;
  part("reasons").replaceChildren(...refused.map((one) => line(one, one.why)));
  if (committed) arrived(committed);
}

function arrived(committed) {
  part("arrived").textContent = counted("arrived", committed);
  part("arrived").hidden = false;
  document.dispatchEvent(new Event("arrived"));
  felt();
}

function line(action, why) {
  const made = part("line").content.cloneNode(true);
  made.querySelector(".moment").textContent = clock.format(action.at);
  made.querySelector(".deed").textContent = amount(action);
  made.querySelector(".whom").textContent = action.who || (action.code.length > 20 ? say.card : action.code.startsWith("m:") ? "" : action.code);
  made.querySelector(".reason").textContent = why;
  const button = made.querySelector("button");
  if (why) button.addEventListener("click", async () => { await outbox.dismiss(action); show(0); });
  else button.remove();
  return made;
}

export function amount({ kind, size }) {
  if (kind === "visit") return `+${size}`;
  return (size / 10 ** say.decimals).toLocaleString(document.documentElement.lang, { style: "currency", currency: say.currency });
}

// An amount of money as it is typed, in minor units; NaN where it is none.
export function minor(text) {
  const typed = text.trim().replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  return /^\d{1,7}(\.\d{1,3})?$/.test(typed) ? Math.round(Number(typed) * 10 ** say.decimals) : NaN;
}

function counted(name, count) {
  const form = plural.select(count) === "one" ? "One" : "Many";
  return say[name + form].replace("%n", count);
}

document.addEventListener("submit", (event) => {
  if (outbox && event.target.action.endsWith("/out")) outbox.leave();
});
