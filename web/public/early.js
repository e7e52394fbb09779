// Runs before the first paint: a page that is to be light or dark is never seen the other way.
try {
  const { theme } = JSON.parse(localStorage.getItem('patchbay.settings') ?? '{}')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Nothing was kept: the system's wish holds.
}
