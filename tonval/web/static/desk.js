// The desk's small manners: the theme switch, keys for getting about, whole rows that are links, words to be copied.
const root = document.documentElement;

function switchTheme() {
  const theme = root.dataset.bsTheme === 'dark' ? 'light' : 'dark';
  root.dataset.bsTheme = theme;
  document.cookie = `tonval_theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  document.dispatchEvent(new Event('tonval:theme'));
}

function typing(target) {
  return target.closest('input, textarea, select, [contenteditable]') !== null;
}

const GO = { t: '/desk', a: '/desk/agents', c: '/desk/comments', v: '/desk/conversations', w: '/desk/asked', s: '/simulator' };
let waitingForPlace = false;

function followKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const place = waitingForPlace && GO[event.key];
  waitingForPlace = event.key === 'g';
  if (place) location.assign(place);
  else if (event.key === '?') document.getElementById('keys')?.showModal();
  else if (event.key === '/') {
    const search = document.querySelector('[data-search]');
    if (search) { event.preventDefault(); search.focus(); }
  }
}

function followRow(event) {
  const row = event.target.closest('[data-href]');
  if (!row || event.target.closest('a, button, audio, summary, input, select')) return;
  if (getSelection()?.toString()) return;
  if (event.ctrlKey || event.metaKey) open(row.dataset.href);
  else location.assign(row.dataset.href);
}

function narrow(event) {
  if (!event.target.matches('[data-search]')) return;
  const wanted = event.target.value.trim().toLowerCase();
  const rows = [...document.querySelectorAll('[data-list] > [data-name]')];
  for (const row of rows) row.hidden = !row.dataset.name.toLowerCase().includes(wanted);
  for (const none of document.querySelectorAll('[data-none]')) none.hidden = rows.some((row) => !row.hidden);
  for (const link of document.querySelectorAll('a[data-sorts]')) keepSearch(link, event.target.value.trim());
}

function keepSearch(link, asked) {
  const there = new URL(link.href);
  there.searchParams.delete('q');
  if (asked) there.searchParams.set('q', asked);
  link.href = there;
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.querySelector('span').textContent = button.dataset.copied;
}

document.addEventListener('click', (event) => {
  const copied = event.target.closest('[data-copy]');
  if (copied) copy(copied);
  else if (event.target.closest('[data-theme-switch]')) switchTheme();
  else if (event.target.closest('[data-open-keys]')) document.getElementById('keys')?.showModal();
  else followRow(event);
});
document.addEventListener('keydown', followKey);
document.addEventListener('input', narrow);
function narrowAgain() {
  const search = document.querySelector('[data-search]');
  if (search?.value) narrow({ target: search });
}

document.addEventListener('tonval:changed', narrowAgain);
if (document.querySelector('a[data-sorts]')) narrowAgain();
document.addEventListener('change', (event) => {
  if (event.target.form?.matches('[data-filters]') && !window.htmx) event.target.form.requestSubmit();
});
// Addresses stay short: what is as usual is left out of them.
document.addEventListener('htmx:configRequest', (event) => {
  const chosen = event.detail.parameters;
  for (const [name, value] of [...chosen.entries()]) if (value === '') chosen.delete(name);
  if (chosen.get('period') === '30d') chosen.delete('period');
});

if (navigator.clipboard) for (const button of document.querySelectorAll('[data-copy]')) button.hidden = false;
document.querySelector('.place[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
