/** A part of the page that is gone means that the server has a newer console: load that one. */
export function reloadOnNewVersion(): void {
  addEventListener('vite:preloadError', () => location.reload());
}
