// Open pages follow the answers: once a second, only while the tab is seen, asking "anything new since this version?".
// The server answers 204 or the same region again; only the pieces that differ are exchanged, so nothing jumps.
const EVERY_MS = 1000;
const SLOWEST_MS = 15000;
let pause = EVERY_MS;

function region() {
  return document.querySelector('[data-live]');
}

function exchange(old, fresh) {
  if (old.outerHTML === fresh.outerHTML) return old;
  const held = old.contains(document.activeElement);
  old.replaceWith(fresh);
  fresh.classList.add('changed');
  fresh.addEventListener('animationend', () => fresh.classList.remove('changed'), { once: true });
  if (held) fresh.querySelector('a, button')?.focus({ preventScroll: true });
  return fresh;
}

function keyed(parent) {
  return new Map([...parent.querySelectorAll(':scope > [data-key]')].map((child) => [child.dataset.key, child]));
}

function followList(old, fresh) {
  const known = keyed(old);
  let place = null;
  for (const child of [...fresh.children]) {
    const before = known.get(child.dataset.key);
    known.delete(child.dataset.key);
    const kept = before ? exchange(before, child) : child;
    if (!before) kept.classList.add('changed');
    const next = place ? place.nextElementSibling : old.firstElementChild;
    if (next !== kept) old.insertBefore(kept, next);
    place = kept;
  }
  for (const gone of known.values()) gone.remove();
  while (place && place.nextElementSibling) place.nextElementSibling.remove();
}

export function follow(old, fresh) {
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

function settle(old) {
  for (const marked of old.querySelectorAll('.changed')) {
    if (!marked.getAnimations().length) marked.classList.remove('changed');
  }
}

async function look() {
  const old = region();
  if (!old || document.hidden) return;
  settle(old);
  const headers = { 'If-None-Match': old.dataset.version, 'X-Tonval-Live': '1' };
  const answer = await fetch(old.dataset.live, { headers, redirect: 'manual' });
  if (answer.type === 'opaqueredirect') { location.reload(); return; }
  if (answer.status === 200) {
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]');
    if (fresh && old.isConnected) {
      follow(old, fresh);
      old.dataset.version = fresh.dataset.version;
    }
  } else if (answer.status !== 204) throw new Error(`status ${answer.status}`);
}

function tell(away) {
  const notice = document.getElementById('away');
  if (notice && notice.hidden === away) notice.hidden = !away;
}

async function keepLooking() {
  try {
    await look();
    pause = EVERY_MS;
    tell(false);
  } catch {
    pause = Math.min(pause * 2, SLOWEST_MS);
    tell(true);
  }
  setTimeout(keepLooking, pause);
}

setTimeout(keepLooking, EVERY_MS);
