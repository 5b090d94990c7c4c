// Open pages follow the answers: once a second, only while the tab is seen, asking "anything new since this version?".
// The server answers 204 or the same region again; only the pieces that differ are exchanged, so nothing jumps.
import { localise } from './times.js';

const EVERY_MS = 1000;
const SLOWEST_MS = 15000;
const written = new WeakMap(); // element to the HTML the server wrote, before charts and time zones touched it
let pause = EVERY_MS;

function remember(root) {
  for (const piece of root.querySelectorAll('[data-key], [data-piece]')) written.set(piece, piece.outerHTML);
}

function settle(element, flash) {
  localise(element);
  if (!flash) return;
  element.classList.add('changed');
  element.addEventListener('animationend', () => element.classList.remove('changed'), { once: true });
}

function exchange(old, fresh) {
  const html = fresh.outerHTML;
  if (written.get(old) === html) return old;
  const held = old.contains(document.activeElement);
  const opened = [...old.querySelectorAll('details')].map((each) => each.open);
  written.set(fresh, html);
  fresh.querySelectorAll('details').forEach((each, place) => { each.open = opened[place] ?? false; });
  old.replaceWith(fresh);
  settle(fresh, fresh.dataset.quiet === undefined);
  if (held) fresh.querySelector('a, button, summary')?.focus({ preventScroll: true });
  return fresh;
}

function followList(old, fresh) {
  const known = new Map([...old.children].map((child) => [child.dataset.key, child]));
  let place = null;
  for (const child of [...fresh.children]) {
    const before = known.get(child.dataset.key);
    known.delete(child.dataset.key);
    if (!before) { written.set(child, child.outerHTML); settle(child, true); }
    const kept = before ? exchange(before, child) : child;
    const next = place ? place.nextElementSibling : old.firstElementChild;
    if (next !== kept) old.insertBefore(kept, next);
    place = kept;
  }
  for (const gone of known.values()) gone.remove();
}

function follow(old, fresh) {
  for (const list of fresh.querySelectorAll('[data-list]')) {
    const mine = old.querySelector(`[data-list="${CSS.escape(list.dataset.list)}"]`);
    if (mine) followList(mine, list);
  }
  for (const piece of fresh.querySelectorAll('[data-piece]')) {
    const mine = old.querySelector(`[data-piece="${CSS.escape(piece.dataset.piece)}"]`);
    if (mine) exchange(mine, piece);
  }
  document.dispatchEvent(new Event('tonval:changed'));
}

// A list that was empty has no rows to follow yet: then the whole region is exchanged once.
function isOther(old, fresh) {
  const names = (root) => [...root.querySelectorAll('[data-list]')].map((list) => list.dataset.list).join();
  return old.dataset.pieces === undefined && names(old) !== names(fresh);
}

async function look(old) {
  const headers = { 'If-None-Match': old.dataset.version, 'X-Tonval-Live': '1' };
  const answer = await fetch(old.dataset.live, { headers, redirect: 'manual' });
  if (answer.type === 'opaqueredirect') { location.reload(); return; }
  if (answer.status === 204) return;
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]');
  if (!fresh || !old.isConnected) return;
  old.dataset.version = fresh.dataset.version;
  if (isOther(old, fresh)) {
    remember(fresh);
    old.replaceWith(fresh);
    settle(fresh, false);
    window.htmx?.process(fresh);
    document.dispatchEvent(new Event('tonval:changed'));
  } else follow(old, fresh);
}

function tell(away) {
  const notice = document.getElementById('away');
  if (notice) notice.hidden = !away;
}

async function keepLooking() {
  try {
    if (!document.hidden) await Promise.all([...document.querySelectorAll('[data-live]')].map(look));
    pause = EVERY_MS;
    tell(false);
  } catch {
    pause = Math.min(pause * 2, SLOWEST_MS);
    tell(true);
  }
  setTimeout(keepLooking, pause);
}

function take(root) {
  remember(root);
  localise(root);
}

take(document);
document.addEventListener('htmx:afterSwap', () => take(document));
document.addEventListener('visibilitychange', () => { if (!document.hidden) pause = EVERY_MS; });
setTimeout(keepLooking, EVERY_MS);
