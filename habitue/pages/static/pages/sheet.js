// The counter's sheet: the undo button counts its minute down; a done action is felt; focus stays.
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
    if (sign.classList.contains("done")) navigator.vibrate?.(60);
    if (document.activeElement === document.body) (document.querySelector("#sheet .plus") ?? document.querySelector("#sheet button"))?.focus();
  }
}

// Without an answer nothing is green; the button keeps its reference, so pressing again is safe.
const unanswered = document.getElementById("unanswered");
document.addEventListener("htmx:error", () => { unanswered.hidden = false; });
document.addEventListener("htmx:after:swap", () => { unanswered.hidden = true; });

setInterval(tick, 250);
tick();
