// Sets the colour scheme before the first paint; the page takes over from there (key: state/preferences, theme).
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem('hone.scheme');
  } catch {
    // Closed storage: the system's choice is taken.
  }
  const dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
