// Reads a card's code in a picture: at several sizes, then with the light evened out.
import decodeQR from "../vendor/qr/decode.js";

const CARD = /^(?:https?:\/\/[^/]+\/k\/)?([0-9A-Z]{36})$/i;
const canvas = document.createElement("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true });

// Each way: widest side in pixels, share of the picture around its middle, and what is done to it.
const WAYS = [
  [640, 1, plain],
  [960, 1, plain],
  [640, 0.6, plain],
  [480, 1, stretched],
  [800, 1, evened],
  [640, 0.6, evened],
  [960, 0.7, sharpened],
  [800, 1, sharpened],
  [360, 1, plain],
];

// The code in the picture, or null. A moving picture tries one way a look, a still one all of them.
export function look(source, width, height, turn = -1) {
  const ways = turn < 0 ? WAYS : [WAYS[0], WAYS[1 + (turn % (WAYS.length - 1))]];
  for (const way of ways) {
    const code = lookOnce(source, width, height, way);
    if (code) return code;
  }
  return null;
}

function lookOnce(source, width, height, [widest, share, change]) {
  const [wide, high] = [width * share, height * share];
  const scale = Math.min(widest / Math.max(wide, high), 2);
  canvas.width = Math.round(wide * scale);
  canvas.height = Math.round(high * scale);
  if (!canvas.width || !canvas.height) return null;
  context.drawImage(source, (width - wide) / 2, (height - high) / 2, wide, high, 0, 0, canvas.width, canvas.height);
  const picture = context.getImageData(0, 0, canvas.width, canvas.height);
  change(picture);
  try {
    return CARD.exec(decodeQR(picture))?.[1] ?? null;
  } catch {
    return null; // no code in this picture
  }
}

function plain() {}

// The darkest becomes black and the lightest white.
function stretched({ data }) {
  const counts = new Uint32Array(256);
  for (let i = 0; i < data.length; i += 4) counts[(data[i] + 2 * data[i + 1] + data[i + 2]) >> 2]++;
  const few = data.length / 400;
  let low = 0, high = 255;
  for (let seen = 0; (seen += counts[low]) < few && low < 254; ) low++;
  for (let seen = 0; (seen += counts[high]) < few && high > low + 1; ) high--;
  for (let i = 0; i < data.length; i += 4) {
    const grey = (data[i] + 2 * data[i + 1] + data[i + 2]) >> 2;
    data[i] = data[i + 1] = data[i + 2] = ((grey - low) * 255) / (high - low); // clamped by the array
  }
}

// Each point beside the mean of its surroundings: shadows and glare go.
function evened({ data, width, height }) {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0, i = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++, i += 4) {
      row += (data[i] + 2 * data[i + 1] + data[i + 2]) >> 2;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
    }
  }
  const reach = Math.max(8, Math.round(Math.max(width, height) / 16));
  for (let y = 0, i = 0; y < height; y++) {
    const [top, bottom] = [Math.max(0, y - reach), Math.min(height, y + reach + 1)];
    for (let x = 0; x < width; x++, i += 4) {
      const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach + 1)];
      const sum = sums[bottom * (width + 1) + right] - sums[top * (width + 1) + right] - sums[bottom * (width + 1) + left] + sums[top * (width + 1) + left];
      const mean = sum / ((bottom - top) * (right - left));
      const grey = (data[i] + 2 * data[i + 1] + data[i + 2]) >> 2;
      data[i] = data[i + 1] = data[i + 2] = 128 + ((grey - mean) * 110) / Math.max(mean / 2, 12);
    }
  }
}

// Edges that a hand or a lens has blurred are drawn apart again, after the light is evened out.
function sharpened(picture) {
  evened(picture);
  const { data, width, height } = picture;
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i];
  const soft = blurred(blurred(grey, width, height), width, height);
  for (let i = 0; i < grey.length; i++) {
    data[4 * i] = data[4 * i + 1] = data[4 * i + 2] = grey[i] + 2.5 * (grey[i] - soft[i]);
  }
}

function blurred(grey, width, height) {
  const across = new Float32Array(grey.length), soft = new Float32Array(grey.length);
  for (let i = 2; i < grey.length - 2; i++) across[i] = (grey[i - 2] + grey[i - 1] + grey[i] + grey[i + 1] + grey[i + 2]) / 5;
  for (let i = 2 * width; i < grey.length - 2 * width; i++) {
    soft[i] = (across[i - 2 * width] + across[i - width] + across[i] + across[i + width] + across[i + 2 * width]) / 5;
  }
  return soft;
}
