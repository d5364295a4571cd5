import type { PageState } from '../page-data.js';

const POLL_MS = 3_000;
/** Somebody who has left the page open for long is followed less closely. */
const SLOW_POLL_MS = 10_000;
const POLLS_BEFORE_SLOW = 60;

/**
 * Asks how the session is for as long as `heed` wants to hear more, while somebody looks at the page.
 *
 * @param heed answers false when it has heard enough
 */
export function follow(address: string, heed: (state: PageState) => boolean): void {
  let polls = 0;
  async function poll(): Promise<void> {
    polls += 1;
    let goesOn = true;
    if (document.visibilityState === 'visible') {
      const response = await fetch(address).catch(() => null);
      if (response?.ok) goesOn = heed((await response.json()) as PageState);
    }
    if (goesOn) setTimeout(() => void poll(), polls < POLLS_BEFORE_SLOW ? POLL_MS : SLOW_POLL_MS);
  }
  setTimeout(() => void poll(), POLL_MS);
}
