// Putting the items of a list in order: by dragging a handle, or with the arrow keys on it. The order of the page is the
// order that is sent, so moving an item is all there is to it; `settled(place)` is called when the item lies still.
import { word } from './words.js';
const STILL_MS = 600;

const items = (item) => [...item.parentElement.children].filter((each) => each.matches('[data-item]'));

function step(item, by) {
  const all = items(item);
  const there = all[all.indexOf(item) + by];
  if (!there) return false;
  if (by < 0) there.before(item);
  else there.after(item);
  return true;
}

function follow(item, y) {
  for (const other of items(item)) {
    if (other === item) continue;
    const box = other.getBoundingClientRect();
    if (y < box.top || y > box.bottom) continue;
    const below = Boolean(item.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (below && y > box.top + box.height / 2) other.after(item);
    else if (!below && y < box.top + box.height / 2) other.before(item);
    return;
  }
}

export function carry(root, say, settled) {
  let timer = 0;
  const name = (item) => `${item.parentElement.dataset.items}.${items(item).indexOf(item)}`;
  const where = (item) => ({ place: items(item).indexOf(item) + 1, count: items(item).length });

  root.addEventListener('keydown', (event) => {
    const handle = event.target.closest('[data-handle]');
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!handle || !by) return;
    event.preventDefault();
    const item = handle.closest('[data-item]');
    const moved = step(item, by);
    handle.focus();
    say(moved ? word('Moved to %(place)s of %(count)s', where(item)) : by < 0 ? word('Already first') : word('Already last'));
    if (!moved) return;
    clearTimeout(timer);
    timer = setTimeout(() => settled(name(item)), STILL_MS);
  });

  root.addEventListener('pointerdown', (event) => {
    const handle = event.target.closest('[data-handle]');
    if (!handle || event.button) return;
    event.preventDefault();
    const item = handle.closest('[data-item]');
    const before = name(item);
    item.classList.add('held');
    item.parentElement.classList.add('carrying'); // only the heads are seen, so that the whole list is within reach
    scrollBy(0, handle.getBoundingClientRect().top - event.clientY + handle.offsetHeight / 2);
    handle.setPointerCapture(event.pointerId);
    const move = (moved) => follow(item, moved.clientY);
    const drop = () => {
      item.classList.remove('held');
      item.parentElement.classList.remove('carrying');
      item.scrollIntoView({ block: 'nearest' });
      handle.removeEventListener('pointermove', move);
      say(word('Moved to %(place)s of %(count)s', where(item)));
      if (name(item) !== before) settled(name(item));
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', drop, { once: true });
  });
}
