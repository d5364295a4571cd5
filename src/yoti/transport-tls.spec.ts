import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import { afterEach, expect, it } from '@jest/globals';
import {
  clientWith,
  closeAll,
  created,
  failureOf,
  listen,
  sessionId,
  specification,
} from '../../test/support/yoti-stand-in.js';

afterEach(closeAll);

const pem = (name: string) =>
  readFileSync(new URL(`../../test/support/certificates/test-only-self-signed.${name}.pem`, import.meta.url));

it('a server that can not prove that it is Yoti is unavailable, and gets no request', async () => {
  const urls: (string | undefined)[] = [];
  const server = createServer({ key: pem('key'), cert: pem('crt') }, (received, response) => {
    urls.push(received.url);
    created(response, { method: '', url: '', headers: {}, body: Buffer.of() }, 0);
  });
  const plain = await listen(server, () => server.closeAllConnections());
  const connection = { ...plain, apiUrl: plain.apiUrl.replace(/^http:/, 'https:') };
  const patient = { headersMs: 60_000, deadlineMs: 60_000 };
  const client = clientWith({ connectMs: 60_000, ...patient, creation: patient });
  for (const call of [
    () => client.createSession(connection, specification),
    () => client.getSession(connection, sessionId),
    () => client.getMedia(connection, sessionId, sessionId),
    () => client.deleteSession(connection, sessionId),
  ]) {
    const error = await failureOf(call());
    expect(error).toMatchObject({ code: 'YOTI_UNAVAILABLE', status: null, retryable: true });
    expect(error.message).toMatch(/^No connection to Yoti: \w*CERT/);
  }
  expect(urls).toEqual([]);

  // The server answers whoever doesn't ask for a proof.
  const careless = request(connection.apiUrl, { rejectUnauthorized: false, path: '/careless' }).end();
  const [answer] = await once(careless, 'response');
  answer.resume();
  expect(urls).toEqual(['/careless']);
});
