// What the server has committed is felt and heard: a short buzz and two soft tones, upwards. Called
// only after the answer is there. Where the browser lets no page sound unasked, it stays silent.
const TONES = [660, 880]; // hertz
const LONG = 0.09; // seconds each
const LOUD = 0.08;

let sound = null;

export function felt() {
  navigator.vibrate?.(60);
  sound ??= globalThis.AudioContext ? new AudioContext() : null;
  if (sound?.state !== "running") return;
  TONES.forEach((hertz, place) => tone(hertz, sound.currentTime + place * LONG));
}

function tone(hertz, at) {
  const [voice, volume] = [sound.createOscillator(), sound.createGain()];
  voice.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUD, at + LONG / 4);
  volume.gain.linearRampToValueAtTime(0, at + LONG);
  voice.connect(volume).connect(sound.destination);
  voice.start(at);
  voice.stop(at + LONG);
}
