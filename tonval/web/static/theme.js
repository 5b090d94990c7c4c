// Runs before the first paint, so that a dark page never flashes white: the switch's choice, else the system's.
(() => {
  const chosen = document.cookie.match(/(?:^|; )tonval_theme=(light|dark)/)?.[1];
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => { document.documentElement.dataset.bsTheme = chosen ?? (system.matches ? 'dark' : 'light'); };
  apply();
  system.addEventListener('change', apply);
})();
