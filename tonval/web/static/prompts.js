// The prompt library: a play button in each cell; on a prompt's page files that are dropped, and recording in the browser.
import { word } from './words.js';
const LARGEST = 20_000_000;
const LONGEST = 300_000;
const RATE = 24_000;
const player = new Audio();
let playing = null;

function stop() {
  player.pause();
  playing?.removeAttribute('data-playing');
  playing = null;
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-play]');
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const again = link === playing;
  stop();
  if (again) return;
  playing = link;
  link.setAttribute('data-playing', '');
  player.src = link.href;
  player.play().catch(stop);
});
player.addEventListener('ended', stop);

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

function check() {
  const large = (field.files[0]?.size ?? 0) > LARGEST;
  complain(large ? word('%(name)s is larger than 20 MB; send it as MP3, or make it shorter', { name: field.files[0].name }) : '');
  return !large;
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
  form.addEventListener('submit', (event) => { if (!check()) event.preventDefault(); });
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
  }

  function keep(wav) {
    const preview = box.querySelector('[data-preview]');
    put(new File([wav], 'recorded-here.wav', { type: 'audio/wav' }));
    preview.src = URL.createObjectURL(wav);
    preview.hidden = false;
    state.textContent = word('Listen to it. “Use it” keeps it.');
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
  samples.forEach((sample, n) => view.setInt16(44 + 2 * n, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return new Blob([view], { type: 'audio/wav' });
}
