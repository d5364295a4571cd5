// Takes notifications through Countersign and through a bare inbox, in turns. See README.md.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import autocannon from 'autocannon';
import pg from 'pg';
import { startProcess } from './processes.mjs';
import { makeSessions, medianOf, notificationOf, settingsOn, startDatabase, withEndings } from './site.mjs';

const CALLERS = 32;
const ROUNDS = 7;
const ROUND_SECONDS = 4;
const WARM_UP_SECONDS = 6;
const TENANTS = 4;
const SESSIONS_PER_TENANT = 5000;
const POOL_SIZE = '16';
const MIN_RATIO = 0.5;

/**
 * Runs the comparison and prints it.
 *
 * @returns whether the ratio of the medians, Countersign's rate over the bare inbox's, is at least a half
 */
export const compareNotifications = () =>
  withEndings(async (onEnd) => {
    const standIn = await startProcess('yoti-stand-in.mjs');
    onEnd(standIn.stop);
    const postgres = await startDatabase(onEnd);
    const settings = await settingsOn(postgres, [standIn.url]);
    const countersign = await startProcess('countersign.mjs', {
      ...settings,
      ROLE: 'api',
      DATABASE_POOL_SIZE: POOL_SIZE,
    });
    onEnd(countersign.stop);
    const bare = await startProcess('bare-inbox.mjs', { OWNER_URL: postgres.ownerUrl, POOL_SIZE });
    onEnd(bare.stop);
    const targets = [];
    for (let tenant = 0; tenant < TENANTS; tenant += 1) {
      const [one] = (await makeSessions(countersign.url, standIn, 1)).targets;
      targets.push(...(await multiply(settings.DATABASE_URL, one, SESSIONS_PER_TENANT)));
    }
    const settle = () => analyze(postgres.ownerUrl);
    return runRounds(targets, settle, [
      { name: 'Countersign', url: countersign.url },
      { name: 'bare', url: bare.url },
    ]);
  });

/**
 * Adds sessions like this one's, so that each gets a few notifications only, as sessions do.
 *
 * @returns their notifications as requests
 */
async function multiply(databaseUrl, { path }, count) {
  const copies = Array.from({ length: count }, () => ({
    id: randomUUID(),
    endpoint: `http://localhost/hooks/yoti/${randomBytes(16).toString('base64url')}`,
    token: randomBytes(32).toString('base64url'),
  }));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query('SELECT tenant_id, id FROM find_notification_target($1)', [
    hashOf(path),
  ]);
  const [{ tenant_id: tenantId, id }] = rows;
  await client.query(`BEGIN; SET LOCAL app.tenant_id = '${tenantId}'`);
  await client.query(
    `INSERT INTO sessions (tenant_id, id, policy_id, policy_version, credential_id, status, link_hash,
                           notification_path_hash, notification_token_hash, yoti_session_id, next_sync_at)
     SELECT s.tenant_id, uuid_v7(), s.policy_id, s.policy_version, s.credential_id, 'ongoing', copy.path, copy.path,
            copy.token, copy.yoti, now() + interval '1 hour'
       FROM sessions s, unnest($3::uuid[], $4::bytea[], $5::bytea[]) AS copy (yoti, path, token)
      WHERE s.tenant_id = $1 AND s.id = $2`,
    [
      tenantId,
      id,
      copies.map((copy) => copy.id),
      copies.map(({ endpoint }) => hashOf(endpoint)),
      copies.map(({ token }) => createHash('sha256').update(token).digest()),
    ],
  );
  await client.query('COMMIT');
  await client.end();
  return copies.map(notificationOf);
}

/** What is stored of an address for notifications. */
const hashOf = (address) => createHash('sha256').update(address.split('/').at(-1)).digest();

/** What the database does by itself after a while: until then it plans for empty tables. */
async function analyze(ownerUrl) {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query('ANALYZE sessions; ANALYZE notifications; ANALYZE bare_inbox');
  await client.end();
}

async function runRounds(targets, settle, sides) {
  await settle();
  for (const { url } of sides) await load(url, targets, WARM_UP_SECONDS);
  await settle();
  console.log(
    `${CALLERS} callers, ${TENANTS} tenants, ${targets.length} sessions; acknowledged each second:\n`,
  );
  console.log(`round  ${sides.map(({ name }) => name.padStart(12)).join('')}       ratio`);
  const rates = sides.map(() => []);
  for (let round = 1; round <= ROUNDS; round += 1) {
    // Every other round the other way round, so that whatever changes with time meets both.
    for (const index of round % 2 === 0 ? [1, 0] : [0, 1]) {
      rates[index].push(await load(sides[index].url, targets, ROUND_SECONDS));
    }
    const [ours, theirs] = rates.map((of) => of.at(-1));
    console.log(
      `${String(round).padEnd(7)}${shown(ours)}${shown(theirs)}${(ours / theirs).toFixed(2).padStart(12)}`,
    );
  }
  const medians = rates.map(medianOf);
  const ratio = medians[0] / medians[1];
  console.log(`median ${medians.map(shown).join('')}`);
  console.log(
    `\nratio of medians, Countersign to the bare inbox: ${ratio.toFixed(2)} (at least ${MIN_RATIO})`,
  );
  return ratio >= MIN_RATIO;
}

const shown = (rate) => rate.toFixed(0).padStart(12);

/** @returns notifications acknowledged each second @throws Error when one was not */
async function load(url, targets, seconds) {
  const aim = (request) => ({ ...request, ...targets[Math.floor(Math.random() * targets.length)] });
  const requests = [{ method: 'POST', setupRequest: aim }];
  const result = await autocannon({ url, requests, connections: CALLERS, duration: seconds });
  const failed = result.non2xx + result.errors;
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} notifications to ${url} failed`);
  return result['2xx'] / result.duration;
}
