// The counter's scanner: the camera's picture, or a photo, is read here. With a network the server
// opens the sheet; without one a small sheet of this page keeps what is done.
import { install } from "./install.js";
import { look } from "./look.js";
import * as queue from "./queue.js";

const PAUSE = 90; // milliseconds between two looks
const SENT = "habitue-last-code"; // a code that was sent is not sent again while it stays in view

const box = document.getElementById("camera");
const note = document.getElementById("camera-note");
const photo = document.getElementById("photo");
const form = document.getElementById("typed");
const field = document.getElementById("code");
const problem = document.getElementById("problem");
const sheet = document.getElementById("kept-sheet");
const video = box.querySelector("video");
const torch = document.getElementById("torch");
const able = queue.able(); // else the form does it alone, and nothing can be kept here
const begun = able ? queue.begin() : null;
let scanned = "", busy = false;

// What was read or typed: opened by the server; without its answer, by this page.
async function open(text) {
  if (busy) return;
  busy = true;
  const code = text.trim().replace(/^.*\//, "").toUpperCase();
  if (!able) {
    field.value = code;
    return form.submit();
  }
  problem.hidden = true;
  try {
    const answer = navigator.onLine && (await asked(code));
    if (answer?.sheet) return void location.assign(answer.sheet);
    if (answer?.problem) return complain(answer.problem);
    if (answer === null) return void location.assign(`${queue.base}/in`);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    queue.sending?.turn("offline");
  } finally {
    busy = false;
  }
  await openHere(code);
}

async function asked(code) {
  await begun;
  if (!queue.sending.token && !(await queue.sending.meet())) return null;
  return queue.sending.ask("", { method: "POST", body: new URLSearchParams({ code }) });
}

async function openHere(code) {
  await begun;
  if (!(await queue.outbox.device())) return complain(box.dataset.stranger);
  if (!/^[0-9A-Z -]{6,40}$/.test(code)) return complain(box.dataset.unknown);
  scanned = code.replace(/[ -]/g, "");
  sheet.querySelector(".whose").textContent = scanned.length > 20 ? sheet.dataset.card : scanned;
  serve(true);
  sheet.querySelector(".plus, input:not([type=hidden])")?.focus();
}

function serve(open) {
  sheet.hidden = !open;
  for (const name of ["looking", "searching"]) {
    const other = document.getElementById(name);
    if (other) other.hidden = open;
  }
}

function close() {
  serve(false);
  sheet.querySelectorAll("form").forEach((one) => one.reset());
  field.value = "";
}

sheet.addEventListener("submit", async (event) => {
  event.preventDefault();
  const kind = event.target.dataset.kind;
  const typed = event.target.elements.size.value;
  const size = kind === "visit" ? Number(typed) : queue.minor(typed);
  const wrong = sheet.querySelector(".bad");
  wrong.hidden = Number.isSafeInteger(size) && size >= 1 && (kind !== "visit" || size <= 50);
  if (!wrong.hidden || !scanned) return;
  const code = scanned;
  scanned = ""; // a second press does nothing
  try {
    await queue.keep({ code, kind, size });
    close();
  } catch {
    scanned = code;
    wrong.hidden = false;
    wrong.textContent = sheet.dataset.full;
  }
});
sheet.querySelector(".back").addEventListener("click", close);

function complain(sentence) {
  problem.textContent = sentence;
  problem.hidden = false;
}

form.addEventListener("submit", (event) => {
  if (!able) return;
  event.preventDefault();
  if (field.value.trim()) open(field.value);
});

function seen(code) {
  if (!code || code === sessionStorage.getItem(SENT) || !sheet.hidden || busy) return;
  sessionStorage.setItem(SENT, code);
  field.value = code;
  open(code);
}

function byPhoto(sentence) {
  note.textContent = sentence;
  photo.hidden = false;
}

async function byCamera() {
  if (!navigator.mediaDevices?.getUserMedia) return byPhoto(box.dataset.absent);
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1280 } },
      audio: false,
    });
  } catch {
    return byPhoto(box.dataset.denied);
  }
  box.hidden = false;
  await video.play();
  offerLight(video.srcObject.getVideoTracks()[0]);
  let turn = 0;
  const watch = () => {
    if (!document.hidden && sheet.hidden) seen(look(video, video.videoWidth, video.videoHeight, turn++));
    setTimeout(watch, PAUSE);
  };
  watch();
}

function offerLight(track) {
  if (!track.getCapabilities?.().torch) return;
  torch.hidden = false;
  torch.addEventListener("click", async () => {
    const on = torch.getAttribute("aria-pressed") !== "true";
    await track.applyConstraints({ advanced: [{ torch: on }] });
    torch.setAttribute("aria-pressed", on);
  });
}

photo.querySelector("input").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  if (!file) return;
  const image = await createImageBitmap(file).catch(() => null);
  const code = image && look(image, image.width, image.height);
  event.target.value = "";
  if (code) open(code);
  else note.textContent = box.dataset.unread;
});

byCamera();
begun?.then(install);
