import { error, warning, type Problems } from './check-specification-problem.js';
import type { Specification } from './specification.js';

const day = 24 * 60 * 60;
const shortestToken = 300;
const advisedToken = 900;
const costlyRetention = 92 * day;

const giveAdvised = 'Give at least 900 seconds.';

/** Yoti: create a session, lifetime of the client token and of what was captured. */
export function* checkLimits(limits: Specification['limits']): Problems {
  const { tokenTtlSeconds, deadlineSeconds, resourcesTtlSeconds } = limits;
  yield* checkLifetime(limits);
  const resources = ['limits', 'resourcesTtlSeconds'];
  const shortest = Math.max(0, tokenTtlSeconds ?? 0, deadlineSeconds ?? 0) + day;
  if (resourcesTtlSeconds < shortest) {
    const fix = `Keep for at least ${shortest} seconds.`;
    yield error(resources, 'Yoti keeps captures for at least 24 hours more than the person has.', fix);
  } else if (resourcesTtlSeconds > costlyRetention) {
    const fix = 'Keep for at most 92 days, or ask Yoti what it costs.';
    yield warning(resources, 'Yoti may charge for keeping captures longer than three months.', fix);
  }
}

function* checkLifetime({ tokenTtlSeconds, deadlineSeconds }: Specification['limits']): Problems {
  const token = ['limits', 'tokenTtlSeconds'];
  const deadline = ['limits', 'deadlineSeconds'];
  if (tokenTtlSeconds !== undefined && tokenTtlSeconds <= shortestToken) {
    yield error(token, 'The person needs more than 300 seconds.', giveAdvised);
  } else if (tokenTtlSeconds !== undefined && tokenTtlSeconds < advisedToken) {
    yield warning(token, 'Below 600 seconds left, people see a warning.', giveAdvised);
  }
  if (deadlineSeconds !== undefined && tokenTtlSeconds !== undefined) {
    yield error(deadline, 'A session has a lifetime or a deadline, not both.', 'Leave one of them out.');
  } else if (deadlineSeconds !== undefined && deadlineSeconds < advisedToken) {
    yield warning(deadline, 'Below 600 seconds left, people see a warning.', giveAdvised);
  } else if (deadlineSeconds === undefined && tokenTtlSeconds === undefined) {
    yield warning(token, 'Yoti gives the person ten minutes when nothing is said.', giveAdvised);
  }
}
