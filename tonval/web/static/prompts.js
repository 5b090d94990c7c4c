// The prompt library: a play button in each cell; on a prompt's page files that are dropped, and recording in the browser.
import { word } from './words.js';
const LARGEST = 20_000_000;
const LONGEST = 300_000;
const RATE = 24_000;
const QUIET = 0.06;
const CUT = 0.999;
const player = new Audio();
let playing = null;

function stop() {
  player.pause();
  playing?.removeAttribute('data-playing');
  playing = null;
}

function play(link) {
  stop();
  playing = link;
  link.setAttribute('data-playing', '');
  player.src = link.href;
  player.play().catch(stop);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-play]');
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  endAll();
  if (link === playing) stop();
  else play(link);
});
player.addEventListener('ended', () => {
  const next = all && links(all)[links(all).indexOf(playing) + 1];
  if (next) return play(next);
  stop();
  endAll();
});

// All prompts of a survey in one language, as a caller would hear them.
let all = null;

function links(button) {
  return [...button.closest('section').querySelectorAll(`[data-play="${button.dataset.playAll}"]`)];
}

function swapWords(button) {
  const words = button.querySelector('span');
  [words.textContent, button.dataset.stop] = [button.dataset.stop, words.textContent];
}

function endAll() {
  if (all) swapWords(all);
  all = null;
}

for (const button of document.querySelectorAll('[data-play-all]')) {
  button.hidden = links(button).length < 2;
  button.addEventListener('click', () => {
    const again = button === all;
    stop();
    endAll();
    if (again) return;
    all = button;
    swapWords(button);
    play(links(button)[0]);
  });
}

// Versions: one is heard at a time, or all in turn.
const versions = [...document.querySelectorAll('.versions audio')];
let inTurn = false;

document.addEventListener('play', (event) => {
  for (const other of document.querySelectorAll('audio')) if (other !== event.target) other.pause();
}, true);
document.addEventListener('ended', (event) => {
  const next = inTurn && versions[versions.indexOf(event.target) + 1];
  inTurn = Boolean(next);
  if (next) next.play();
}, true);
for (const button of document.querySelectorAll('[data-in-turn]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    inTurn = true;
    versions[0].currentTime = 0;
    versions[0].play();
  });
}

const form = document.querySelector('[data-upload]');
const field = form?.querySelector('input[type=file]');
const fault = form?.querySelector('[data-fault]');

function complain(sentence) {
  fault.textContent = sentence;
  field.classList.toggle('is-invalid', sentence !== '');
  if (sentence) field.focus();
}

function put(file) {
  const chosen = new DataTransfer();
  chosen.items.add(file);
  field.files = chosen.files;
  check();
}

let unsent = false;

function fits() {
  const large = (field.files[0]?.size ?? 0) > LARGEST;
  complain(large ? word('%(name)s is larger than 20 MB; send it as MP3, or make it shorter', { name: field.files[0].name }) : '');
  return !large;
}

function check() {
  hear(fits() ? field.files[0] : undefined);
}

// What is chosen can be heard before it is used.
function hear(file) {
  const preview = form.querySelector('[data-preview]');
  URL.revokeObjectURL(preview.src);
  preview.hidden = !file;
  if (file) preview.src = URL.createObjectURL(file);
}

function takeDropped(event) {
  event.preventDefault();
  form.classList.toggle('over', event.type === 'dragover');
  const file = event.type === 'drop' && event.dataTransfer.files[0];
  if (file) put(file);
}

if (form) {
  for (const kind of ['dragover', 'dragleave', 'drop']) form.addEventListener(kind, takeDropped);
  field.addEventListener('change', check);
  form.addEventListener('submit', (event) => {
    if (!fits()) event.preventDefault();
    else unsent = false;
  });
  addEventListener('beforeunload', (event) => { if (unsent) event.preventDefault(); });
  if (navigator.mediaDevices && window.MediaRecorder && window.OfflineAudioContext) offerRecording();
}

function offerRecording() {
  const box = form.querySelector('[data-recorder]');
  const button = box.querySelector('[data-record]');
  const state = box.querySelector('[data-state]');
  let recorder = null;
  box.hidden = false;

  async function begin() {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    const pieces = [];
    measure(stream);
    recorder = new MediaRecorder(stream);
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = async () => {
      for (const track of stream.getTracks()) track.stop();
      show(false);
      try {
        keep(await asWav(new Blob(pieces)));
      } catch {
        state.textContent = word('Nothing could be recorded. Try again, or send a file.');
      }
    };
    recorder.start();
    show(true);
    setTimeout(() => { if (recorder?.state === 'recording') recorder.stop(); }, LONGEST);
  }

  function show(on) {
    button.setAttribute('aria-pressed', String(on));
    button.querySelector('span').textContent = on ? word('Stop') : word('Record again');
    state.textContent = on ? word('Recording. Speak now.') : '';
    box.querySelector('[data-live-level]').hidden = !on;
  }

  // The level and the time, ten times a second, until the stream ends.
  function measure(stream) {
    const context = new AudioContext();
    const ear = context.createAnalyser();
    const heard = new Float32Array(ear.fftSize);
    const began = Date.now();
    context.createMediaStreamSource(stream).connect(ear);
    const beat = setInterval(() => {
      if (!stream.active) return context.close(clearInterval(beat));
      ear.getFloatTimeDomainData(heard);
      const meter = box.querySelector('[data-meter]');
      meter.value = Math.max(...heard.map(Math.abs), 0.8 * meter.value);
      box.querySelector('[data-elapsed]').textContent = `${Math.round((Date.now() - began) / 1000)} s`;
    }, 100);
  }

  function keep({ wav, loudest }) {
    put(new File([wav], 'recorded-here.wav', { type: 'audio/wav' }));
    unsent = true;
    state.textContent = [word('Listen to it. “Use it” keeps it.'), judged(loudest)].join(' ');
  }

  function judged(loudest) {
    if (loudest < QUIET) return word('It is very quiet: come closer, and record it again.');
    return loudest >= CUT ? word('It was too loud and is cut off: speak more softly, and record it again.') : '';
  }

  button.addEventListener('click', async () => {
    if (recorder?.state === 'recording') return recorder.stop();
    try {
      await begin();
    } catch {
      state.textContent = word('The browser may not use the microphone. Allow it, or send a file.');
    }
  });
}

// Browsers record in forms of their own; a WAV is read by all. 24,000 samples a second keep five minutes under 20 MB.
async function asWav(blob) {
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await blob.arrayBuffer());
  const samples = sound.getChannelData(0);
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, letters) => [...letters].forEach((letter, n) => view.setUint8(at + n, letter.charCodeAt(0)));
  const size = 2 * samples.length;
  text(0, 'RIFF'); view.setUint32(4, 36 + size, true); text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true); view.setUint32(28, 2 * RATE, true);
  view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  text(36, 'data'); view.setUint32(40, size, true);
  let loudest = 0;
  samples.forEach((sample, n) => {
    loudest = Math.max(loudest, Math.abs(sample));
    view.setInt16(44 + 2 * n, Math.max(-1, Math.min(1, sample)) * 32767, true);
  });
  return { wav: new Blob([view], { type: 'audio/wav' }), loudest };
}
