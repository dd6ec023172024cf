// A little paper in the air where a reward was just given: <… data-confetti>, once, on its own or on a tap.
const COLORS = ["--accent", "--leaf", "--honey", "--rose", "--sea"];
const PIECES = 44;
const LASTS = 1600; // milliseconds
const thrown = new WeakSet();

export function throwPaper(from) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const canvas = document.body.appendChild(document.createElement("canvas"));
  canvas.className = "confetti";
  canvas.ariaHidden = "true";
  canvas.width = innerWidth;
  canvas.height = innerHeight;
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(from);
  const box = from.getBoundingClientRect();
  const pieces = Array.from({ length: PIECES }, (_, n) => ({
    x: box.left + box.width / 2,
    y: box.top + box.height / 2,
    right: (Math.random() - 0.5) * 13,
    down: -5 - Math.random() * 9,
    turn: Math.random() * 6,
    color: style.getPropertyValue(COLORS[n % COLORS.length]),
  }));
  const began = performance.now();
  const draw = (now) => {
    const age = (now - began) / LASTS;
    if (age >= 1) return canvas.remove();
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.globalAlpha = Math.min(1, 2 - 2 * age);
    for (const one of pieces) {
      one.x += one.right *= 0.98;
      one.y += one.down += 0.32;
      one.turn += 0.12;
      pen.setTransform(1, 0, 0, Math.cos(one.turn * 2), one.x, one.y);
      pen.rotate(one.turn);
      pen.fillStyle = one.color;
      pen.fillRect(-4, -2.5, 8, 5);
    }
    pen.resetTransform();
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
}

function look() {
  for (const one of document.querySelectorAll("[data-confetti]:not(button)")) {
    if (thrown.has(one)) continue;
    thrown.add(one);
    throwPaper(one);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confetti]");
  if (button) throwPaper(button);
});
document.addEventListener("htmx:after:swap", look);
look();
