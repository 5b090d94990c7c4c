// The designer with a script: the draft saves itself, buttons work in place, questions are dragged or moved by keys,
// and the previews follow. Without it every button is an ordinary one and nothing is missing but comfort.
import { localise } from './times.js';
import { told } from './sms.js';
import { carry } from './ordering.js';
import { word } from './words.js';

const SOON_MS = 1500;
const AGAIN_MS = 8000;
const form = document.querySelector('[data-draft]');
const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
let dirty = false;
let sending = false;
let timer = 0;

function say(sentence) {
  const place = document.getElementById('told');
  if (place) place.textContent = sentence;
}

// Pieces are what the server says; fields are what is being typed, and stay as they are.
function exchange(fresh) {
  for (const piece of fresh.querySelectorAll('[data-piece]:not([data-piece=previews])')) {
    const old = document.querySelector(`[data-piece="${CSS.escape(piece.dataset.piece)}"]`);
    if (!old || old.contains(document.activeElement) || old.outerHTML === piece.outerHTML) continue;
    if (old.querySelector('details')?.open) piece.querySelector('details')?.setAttribute('open', '');
    old.replaceWith(piece);
    localise(piece);
  }
  for (const field of fresh.querySelectorAll('[name][aria-describedby]')) {
    const mine = document.getElementById(field.id);
    if (mine) mine.toggleAttribute('aria-invalid', field.hasAttribute('aria-invalid'));
    if (mine?.hasAttribute('aria-invalid')) mine.setAttribute('aria-invalid', 'true');
  }
}

function redraw(fresh, focus) {
  form.inert = false; // what is inert cannot have the focus
  const opened = new Set([...form.querySelectorAll('details[open]')].map(nameOf));
  const draft = fresh.querySelector('[data-draft]');
  for (const each of draft.querySelectorAll('details')) if (opened.has(nameOf(each))) each.open = true;
  form.replaceChildren(...draft.childNodes);
  localise(document);
  liven();
  const place = focus && document.getElementById(`at:${focus}`);
  if (!place) return;
  const field = place.matches('.item, .option') ? place.querySelector('textarea, input:not([type=hidden])') : place.querySelector('input:not([type=hidden]), textarea, select, button') ?? place;
  (field ?? place).focus({ preventScroll: true });
  place.scrollIntoView({ block: 'nearest' });
}

function nameOf(details) {
  const place = details.closest('[id^="at:"]');
  return `${place?.id ?? details.closest('section')?.id} ${details.querySelector('summary')?.textContent}`;
}

function unsaved(sentence) {
  const place = document.getElementById('unsaved');
  place.hidden = !sentence;
  place.textContent = sentence ?? '';
}

function state(sentence) {
  const place = document.getElementById('state');
  if (place) place.textContent = sentence;
}

async function send(button) {
  const body = new URLSearchParams(new FormData(form, button));
  const answer = await fetch(form.action, { method: 'POST', body, headers: { 'X-Tonval-Draft': '1' }, redirect: 'manual' });
  if (answer.type === 'opaqueredirect' || answer.status === 401) throw new Error(word('you are signed out. Sign in in another tab; what you typed stays here'));
  if (answer.status === 409) { dirty = false; form.submit(); return null; }
  if (!answer.ok) throw new Error(answer.status === 413 ? word('the survey is too large') : word('the server could not take it'));
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return { page, focus: answer.headers.get('X-Tonval-Focus') };
}

// One at a time: what is typed while it is on its way is sent next.
async function save(button, after) {
  clearTimeout(timer);
  if (sending) { timer = setTimeout(() => save(button, after), 150); return; }
  sending = true;
  dirty = false;
  state(word('Saving …'));
  try {
    const taken = await send(button);
    if (!taken) return;
    unsaved(null);
    if (button) redraw(taken.page, taken.focus);
    else exchange(taken.page);
    state(word('Saved %(time)s', { time: hour.format(new Date()) }));
    const shown = document.querySelector('.preview-bar');
    if (shown && !shown.closest('[data-piece]').contains(document.activeElement)) follow(shown);
    after?.();
  } catch (error) {
    dirty = true;
    const why = error instanceof TypeError ? word('there is no contact with the server. It is tried again by itself') : error.message;
    state(word('Not saved'));
    unsaved(word('Not saved: %(why)s.', { why }));
    if (error instanceof TypeError) timer = setTimeout(save, AGAIN_MS);
  } finally {
    sending = false;
    form.inert = false;
    if (dirty && !timer) timer = setTimeout(save, SOON_MS);
  }
}

function typed(event) {
  if (event.target.name?.startsWith('~') || event.target.dataset.colourFor) return;
  dirty = true;
  measure(event.target);
  clearTimeout(timer);
  timer = setTimeout(save, SOON_MS);
}

function measure(field) {
  const place = form.querySelector(`[data-meter="${CSS.escape(field.name ?? '')}"]`);
  if (!place || !place.textContent) return;
  place.textContent = told((field.value || field.placeholder).trim() + (place.dataset.under ?? ''), JSON.parse(form.dataset.terms));
}

function press(event) {
  const button = event.submitter;
  if (!button?.value) return;
  event.preventDefault();
  form.inert = true; // nothing can be typed into fields that are about to be drawn anew
  save(button);
}

function insert(chip) {
  const words = chip.closest('.words');
  const field = words.contains(last) ? last : words.querySelector('textarea');
  field.focus();
  field.setRangeText(chip.dataset.insert, field.selectionStart, field.selectionEnd, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

// What was typed before this script came, or was brought back by the browser, is not saved yet.
function early() {
  const fields = [...form.querySelectorAll('textarea, input:not([type=hidden])')];
  const is = (each) => (each.type === 'checkbox' ? each.checked !== each.defaultChecked : each.value !== each.defaultValue);
  return fields.some((each) => each.name && !each.name.startsWith('~') && is(each));
}

let last = null;

function toTheEnd(root) {
  for (const each of root.querySelectorAll('.transcript')) each.scrollTop = each.scrollHeight;
}

function liven() {
  for (const each of document.querySelectorAll('[data-handle], [data-colour-for], [data-copy]')) each.hidden = false;
  for (const each of document.querySelectorAll('[data-insert]')) each.disabled = false;
  toTheEnd(document);
}

function colour(event) {
  const field = document.getElementById(event.target.dataset.colourFor ?? '');
  if (!field) return;
  field.value = event.target.value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

async function copyText(button) {
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = word('Copied');
}

// The previews are forms that ask for the same piece again: with another key pressed, or after the draft was saved.
async function follow(asked, submitter) {
  const query = new URLSearchParams(new FormData(asked, submitter));
  const answer = await fetch(`${asked.getAttribute('action')}?${query}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-piece=previews]');
  const piece = document.querySelector('[data-piece=previews]');
  if (!fresh || !piece) return null;
  if (!form) fresh.querySelector('a[href$="/preview"]')?.remove();
  const keptPage = piece.querySelector('iframe');
  const freshPage = fresh.querySelector('iframe');
  if (keptPage && freshPage && keptPage.src === freshPage.src) freshPage.replaceWith(keptPage);
  piece.replaceWith(fresh);
  toTheEnd(fresh);
  return fresh;
}

async function preview(event) {
  const asked = event.target.closest('[data-preview]');
  if (!asked) return;
  event.preventDefault();
  const way = asked.getAttribute('aria-label');
  const fresh = await follow(asked, event.submitter);
  const back = way && fresh?.querySelector(`form[aria-label="${way}"]`)?.querySelector('input:not([type=hidden]), button, select');
  (back ?? fresh?.querySelector('.transcript'))?.focus({ preventScroll: true });
}

// Whoever goes to another page takes nothing unsaved along.
async function leave(event) {
  const link = event.target.closest('a[href^="/"]');
  if (!link || !(dirty || sending) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  while (sending) await new Promise((resolve) => { setTimeout(resolve, 50); });
  if (dirty) await save();
  if (!dirty) location.assign(link.href);
}

if (form) {
  form.addEventListener('input', typed);
  form.addEventListener('submit', press);
  form.addEventListener('change', (event) => { if (event.target.matches('[data-reshapes]')) { form.inert = true; save(form.querySelector('button[value=save]')); } });
  form.addEventListener('focusin', (event) => { if (event.target.matches('textarea')) last = event.target; });
  form.addEventListener('input', colour);
  carry(form, say, (place) => { form.inert = true; save(form.querySelector('button[value=save]'), () => form.querySelector(`[id="at:${place}"] [data-handle]`)?.focus()); });
  document.addEventListener('click', leave);
  if (early()) { dirty = true; timer = setTimeout(save, SOON_MS); }
  addEventListener('beforeunload', (event) => { if (dirty) event.preventDefault(); });
  document.addEventListener('visibilitychange', () => { if (document.hidden && dirty) save(); });
}
document.addEventListener('click', (event) => {
  const chip = event.target.closest('[data-insert]');
  if (chip) insert(chip);
  const copied = event.target.closest('[data-copy]');
  if (copied) copyText(copied);
});
document.addEventListener('submit', preview);
liven();
