// The telephone and the messages of the simulator. Every decision is the server's: this page plays, listens and reports.
import { word } from './words.js';
const token = document.querySelector('meta[name=csrf-token]').content;
const phone = document.querySelector('[data-phone]');

async function post(path, body, more = {}) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': token };
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body), ...more });
  const found = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(found?.detail ?? word('the server answered %(status)s', { status: answer.status }));
  return found;
}

function values(form) {
  return Object.fromEntries(new FormData(form));
}

function follow(place, path) {
  place.dataset.live = path;
  place.dataset.version = '';
  place.dataset.pieces = '';
}

/* Sound: the keys' two tones, and prompts that give way to their text when sound is blocked. */
const TONES = { 1: [697, 1209], 2: [697, 1336], 3: [697, 1477], 4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
  7: [852, 1209], 8: [852, 1336], 9: [852, 1477], '*': [941, 1209], 0: [941, 1336], '#': [941, 1477] };
let audio = null;

function muted() {
  return document.querySelector('[data-mute]').checked;
}

function tone(key) {
  if (muted()) return;
  audio ??= new AudioContext();
  const gain = audio.createGain();
  gain.gain.value = 0.06;
  gain.connect(audio.destination);
  for (const pitch of TONES[key]) {
    const wave = audio.createOscillator();
    wave.frequency.value = pitch;
    wave.connect(gain);
    wave.start();
    wave.stop(audio.currentTime + 0.12);
  }
}

function reading(text, stop) {
  return new Promise((done) => {
    const timer = setTimeout(done, 500 + 45 * text.length);
    stop.addEventListener('abort', () => { clearTimeout(timer); done(); }, { once: true });
  });
}

async function play(said, stop) {
  if (stop.aborted) return;
  if (muted()) { await reading(said.text, stop); return; }
  const sound = new Audio(said.sound);
  const over = new Promise((done) => {
    sound.addEventListener('ended', done, { once: true });
    stop.addEventListener('abort', () => { sound.pause(); done(); }, { once: true });
  });
  try {
    await sound.play();
    await over;
  } catch {
    await reading(said.text, stop);
  }
}

const ECHO_MS = 200; // the gatherer takes earlier keys for the echo of the press before

/* One call: turns come from the server, keys go to it with their times. */
class Line {
  constructor() { this.early = []; }

  async begin(form) {
    show('calling', word('Calling…'));
    this.take(await post('/simulator/calls', { ...values(form), ref: crypto.randomUUID() }));
  }

  take(turn) {
    if (this.over) return;
    this.turn = turn;
    this.leg = turn.leg;
    this.began = performance.now();
    setTimeout(() => { if (this.turn === turn) phone.dataset.open = turn.turn; }, ECHO_MS); // keys count from here on
    this.keys = this.early.splice(0);
    this.ended = null;
    clearTimeout(this.timer);
    this.stop = new AbortController();
    pressed('');
    if (turn.interview) followCall(turn.interview);
    this.speak(turn, this.stop.signal);
  }

  async speak(turn, stop) {
    for (const said of turn.says) {
      if (stop.aborted) return;
      show('speaking', word('Speaking'));
      words(said.text);
      await play(said, stop);
    }
    if (stop.aborted || this.turn !== turn) return;
    if (!turn.ticket) { await this.hangUp('completed', word('The call is over. Thank you.')); return; }
    this.ended = performance.now() - this.began;
    if (turn.waits === 'speech') { show('speech', word('Speak after the tone')); return; }
    if (turn.waits === 'agent') { show('agent', word('You are talking with an agent')); return; }
    show('listening', word('Waiting for a key'));
    await this.report();
  }

  /* What is pretended: a comment is spoken, or an agent talks with the caller. */
  async act(did) {
    const turn = this.turn;
    if (this.over || !turn?.ticket || turn.waits === 'keys' || this.acting === turn) return;
    this.acting = turn;
    const agent = document.querySelector('[data-call-form] [name=agent]').value;
    try {
      this.take(await post(`/simulator/calls/${this.leg}/acts`, { ticket: turn.ticket, did, agent }, { keepalive: true }));
    } catch (fault) {
      this.hangUp('fault', word('The call was cut: %(why)s. What was stored before is kept.', { why: fault.message }));
    }
  }

  press(key) {
    tone(key);
    pressed(document.querySelector('[data-pressed]').textContent + key);
    if (this.turn?.waits === 'speech' && this.ended !== null) this.act('speaks'); // any key ends what is spoken
    if (this.turn?.ticket && this.turn.waits !== 'keys') return;
    if (this.busy || !this.turn?.ticket) { this.early.push({ at: performance.now(), key }); return; }
    this.keys.push({ at: performance.now(), key });
    this.report();
  }

  async report() {
    if (this.over || !this.turn.ticket) return;
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    clearTimeout(this.timer);
    const keys = this.keys.map(({ at, key }) => ({ at: at - this.began, key }));
    const body = { ticket: this.turn.ticket, keys, prompts_end: this.ended, now: performance.now() - this.began };
    try {
      this.hear(await post(`/simulator/calls/${this.leg}/keys`, body));
    } catch (fault) {
      this.hangUp('fault', word('The call was cut: %(why)s. What was stored before is kept.', { why: fault.message }));
    }
  }

  hear(found) {
    this.busy = false;
    if (found.says) { this.stop.abort(); this.take(found); return; }
    if (found.barged && !this.stop.signal.aborted) { this.stop.abort(); show('listening', word('Listening')); }
    this.keys.push(...this.early.splice(0));
    if (this.again) { this.again = false; this.report(); return; }
    const wait = found.deadline === null ? null : found.deadline - (performance.now() - this.began);
    if (wait !== null) this.timer = setTimeout(() => this.report(), Math.max(20, wait + 20));
  }

  async hangUp(cause, sentence) {
    if (this.over) return;
    if (this.turn?.waits === 'agent' && cause === 'hung up') await this.act('leaves');
    if (this.over) return;
    this.over = true;
    line = null;
    clearTimeout(this.timer);
    this.stop?.abort();
    show('idle', sentence);
    words('');
    if (this.leg) await post(`/simulator/calls/${this.leg}/end`, { cause }, { keepalive: true });
  }
}

let line = null;

function show(state, sentence) {
  phone.dataset.state = state;
  phone.querySelector('[data-status]').textContent = sentence;
  phone.querySelector('[data-call]').disabled = state !== 'idle';
  phone.querySelector('[data-hang]').disabled = state === 'idle';
}

function words(text) { phone.querySelector('[data-words]').textContent = text; }
function pressed(keys) { phone.querySelector('[data-pressed]').textContent = keys; }

function followCall(interview) {
  const path = `/desk/conversations/${interview}`;
  const steps = document.querySelector('[data-steps]');
  if (steps.dataset.live !== path) follow(steps, path);
  const link = document.querySelector('[data-response-link]');
  link.href = path;
  link.hidden = false;
}

async function call() {
  if (line) return;
  line = new Line();
  const mine = line;
  try {
    await mine.begin(document.querySelector('[data-call-form]'));
  } catch (fault) {
    mine.hangUp('fault', word('The call did not get through: %(why)s.', { why: fault.message }));
  }
}

function hangUp() { line?.hangUp('hung up', word('You hung up. What you answered is kept.')); }

function press(key) {
  const button = phone.querySelector(`[data-key-of="${key}"]`);
  button.classList.add('down');
  setTimeout(() => button.classList.remove('down'), 140);
  if (line) line.press(key);
  else tone(key);
}

if (phone) {
  phone.addEventListener('click', (event) => {
    const key = event.target.closest('[data-key-of]');
    if (key) press(key.dataset.keyOf);
    else if (event.target.closest('[data-call]')) call();
    else if (event.target.closest('[data-act]')) line?.act(event.target.closest('[data-act]').dataset.act);
    else if (event.target.closest('[data-hang]')) hangUp();
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest('input, select, textarea, dialog')) return;
    if (event.key in TONES) { event.preventDefault(); press(event.key); } else if (event.key === 'Escape') hangUp();
  });
  const callForm = document.querySelector('[data-call-form]');
  const offerReception = () => {
    callForm.querySelector('[data-received]').hidden = !('reception' in callForm.elements.queue.selectedOptions[0].dataset);
  };
  callForm.elements.queue.addEventListener('change', offerReception);
  offerReception();
  callForm.addEventListener('submit', (event) => { event.preventDefault(); call(); });
  addEventListener('pagehide', hangUp);
}

/* Messages: an interaction is reported, the decision shown, the question comes, an answer goes back. */
const reportForm = document.querySelector('[data-report-form]');
const decision = document.querySelector('[data-decision]');
let countdown = null;
let asksFrom = null; // which number of a pool it is, is known when the customer is

function say(sentence) {
  clearInterval(countdown);
  decision.textContent = sentence;
}

function countDown(due) {
  const tell = () => {
    const left = Math.ceil((due - Date.now()) / 1000);
    decision.textContent = left > 0 ? word('Invited. The question is sent in %(left)s s.', { left }) : word('Invited. The question is on its way.');
    if (left <= 0) clearInterval(countdown);
  };
  clearInterval(countdown);
  countdown = setInterval(tell, 1000);
  tell();
}

function number() {
  return asksFrom ?? reportForm.elements.queue.selectedOptions[0].dataset.number;
}

function followThread() {
  const query = new URLSearchParams({ number: number(), customer: reportForm.elements.phone.value.replace(/[\s-]/g, '') });
  const place = document.querySelector('[data-thread]');
  if (place.dataset.live !== `/desk/thread?${query}`) follow(place, `/desk/thread?${query}`);
}

reportForm?.addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const found = await post('/simulator/interactions', values(reportForm));
    asksFrom = found.from;
    followThread();
    if (found.decision.outcome === 'invited') countDown(new Date(found.decision.due_at));
    else say(word('Not asked: %(why)s. Try another number.', { why: found.decision.detail }));
  } catch (fault) {
    say(word('That did not work: %(why)s.', { why: fault.message }));
  }
});

reportForm?.addEventListener('change', () => { asksFrom = null; });

document.querySelector('[data-reply-form]')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  try {
    await post('/simulator/messages', { ...values(form), phone: reportForm.elements.phone.value, number: number() });
    form.reset();
    followThread();
  } catch (fault) {
    say(word('Not received: %(why)s.', { why: fault.message }));
  }
});

document.addEventListener('tonval:changed', () => {
  const place = document.querySelector('[data-thread]');
  if (place) place.scrollTop = place.scrollHeight;
});
