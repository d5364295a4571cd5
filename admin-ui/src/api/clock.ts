const NOTICED_MS = 5000;

let offset = 0;

/** Learns from an answer how far this computer's clock is from the server's. */
export function learnTime(response: Response): void {
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) return;
  const found = date - Date.now();
  // Headers have whole seconds and answers take time: small differences say nothing.
  offset = Math.abs(found) > NOTICED_MS ? found : 0;
}

/** The server's time: what leases and expiries are counted against. */
export const serverTime = (): number => Date.now() + offset;
