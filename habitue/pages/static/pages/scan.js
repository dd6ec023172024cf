// The counter's scanner: the camera's picture, or a photo, is read here and the code is sent by the form.
import decodeQR from "../vendor/qr/decode.js";

const CARD = /^(?:https?:\/\/[^/]+\/k\/)?([0-9A-Z]{36})$/;
const WIDEST = 640; // pixels: enough for the code, quick on old phones
const PAUSE = 120; // milliseconds between two looks
const SENT = "habitue-last-code"; // a code that was sent is not sent again while it stays in view

const box = document.getElementById("camera");
const note = document.getElementById("camera-note");
const photo = document.getElementById("photo");
const form = document.getElementById("typed");
const canvas = document.createElement("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true });

function look(source, width, height) {
  const scale = Math.min(1, WIDEST / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  if (!canvas.width || !canvas.height) return null;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  try {
    return CARD.exec(decodeQR(context.getImageData(0, 0, canvas.width, canvas.height)))?.[1] ?? null;
  } catch {
    return null; // no code in this picture
  }
}

function send(code) {
  sessionStorage.setItem(SENT, code);
  document.getElementById("code").value = code;
  form.requestSubmit();
}

function byPhoto(sentence) {
  note.textContent = sentence;
  photo.hidden = false;
}

async function byCamera() {
  if (!navigator.mediaDevices?.getUserMedia) return byPhoto(box.dataset.absent);
  const video = box.querySelector("video");
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
  const watch = () => {
    const code = look(video, video.videoWidth, video.videoHeight);
    if (code && code !== sessionStorage.getItem(SENT)) {
      video.srcObject.getTracks().forEach((track) => track.stop());
      return send(code);
    }
    setTimeout(watch, PAUSE);
  };
  watch();
}

photo.querySelector("input").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  if (!file) return;
  const image = await createImageBitmap(file).catch(() => null);
  const code = image && look(image, image.width, image.height);
  if (code) send(code);
  else note.textContent = box.dataset.unread;
});

byCamera();
