const KEY = 'countersign.reloaded';
const ONCE_IN_MS = 30_000;

/** A part of the page that is gone means that the server has a newer console: load that one, but not in circles. */
export function reloadOnNewVersion(): void {
  addEventListener('vite:preloadError', () => {
    if (Date.now() - Number(sessionStorage.getItem(KEY) ?? 0) < ONCE_IN_MS) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
  });
}

/** Going back to a page that the browser kept alive would show what was read before logging out. */
export function reloadWhenRestored(): void {
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
}
