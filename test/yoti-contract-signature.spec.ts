import { describe, expect, it } from '@jest/globals';
import { randomUUID, sign } from 'node:crypto';
import yoti from 'yoti';
import { registerApp, simulatedYoti } from './support/simulated-yoti.js';
import { refusal, specification, yotiContract } from './support/yoti-contract.js';

const contract = yotiContract();

describe('signature', () => {
  /** Builds a signed create, lets the test spoil it, sends it and returns status and code. */
  async function send(
    spoil: (parts: { url: string; body: string; digest: string }) => void,
    by = contract.app(),
  ) {
    const request = new yoti.RequestBuilder()
      .withBaseUrl(contract.simulator().baseUrl)
      .withPemString(by.pem)
      .withEndpoint('/sessions')
      .withQueryParam('sdkId', contract.app().sdkId)
      .withPost()
      .withPayload(new yoti.Payload(specification()))
      .build();
    const parts = {
      url: request.getUrl(),
      body: JSON.stringify(specification()),
      digest: (request.getHeaders() as Record<string, string>)['X-Yoti-Auth-Digest'] ?? '',
    };
    spoil(parts);
    const headers = { 'content-type': 'application/json', 'x-yoti-auth-digest': parts.digest };
    const response = await fetch(parts.url, { method: 'POST', headers, body: parts.body });
    return { status: response.status, code: ((await response.json()) as { code?: string }).code };
  }
  const refused = { status: 401, code: 'MESSAGE_SIGNING' };

  it('accepts an untouched request once, and refuses its replay', async () => {
    let sent = { url: '', body: '', digest: '' };
    expect((await send((parts) => (sent = { ...parts }))).status).toBe(201);
    expect(await send((parts) => Object.assign(parts, sent))).toEqual(refused);
  });

  it('refuses one changed byte of path, query, body, digest or key', async () => {
    expect(await send((parts) => (parts.url = parts.url.replace('nonce=', 'Nonce=')))).toEqual(refused);
    expect(await send((parts) => (parts.url = parts.url.replace('/sessions?', '/agent?')))).toEqual(refused);
    expect(
      await send((parts) => (parts.url = parts.url.replace(/.$/, (d) => (d === '0' ? '1' : '0')))),
    ).toEqual(refused);
    expect(await send((parts) => (parts.body = parts.body.replace('900', '901')))).toEqual(refused);
    expect(
      await send((parts) => (parts.digest = parts.digest.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')))),
    ).toEqual(refused);
    expect(await send(() => undefined, registerApp(contract.simulator()))).toEqual(refused);
  });

  it('goes by the verified application when the query names two', async () => {
    const { sdkId, pem } = contract.app();
    const body = JSON.stringify(specification());
    const target = `/sessions?sdkId=${sdkId}&sdkId=somebody-else&nonce=${randomUUID()}&timestamp=${Date.now()}`;
    const message = `POST&${target}&${Buffer.from(body).toString('base64')}`;
    const response = await fetch(`${contract.simulator().baseUrl}${target}`, {
      method: 'POST',
      headers: { 'x-yoti-auth-digest': sign('RSA-SHA256', Buffer.from(message), pem).toString('base64') },
      body,
    });
    const { session_id: id } = (await response.json()) as { session_id: string };
    expect((await contract.app().client.getSession(id)).getSessionId()).toBe(id);
  });

  it('names the header that is missing', async () => {
    expect(await send((parts) => (parts.digest = ''))).toEqual({ status: 400, code: 'MALFORMED_REQUEST' });
  });

  it('refuses unknown, disabled and broken applications with their own codes', async () => {
    const stranger = new yoti.IDVClient(randomUUID(), contract.app().pem, {
      apiUrl: contract.simulator().baseUrl,
    });
    expect(await refusal(stranger.getSession(randomUUID()))).toMatchObject({
      status: 404,
      code: 'APP_NOT_FOUND',
    });
    const other = registerApp(contract.simulator());
    contract.simulator().registerApp({ ...other, enabled: false });
    expect(await refusal(other.client.getSession(randomUUID()))).toMatchObject({
      status: 403,
      code: 'INSUFFICIENT_PERMISSION',
    });
    contract.simulator().registerApp({ sdkId: other.sdkId, publicKeyPem: 'not a key' });
    expect(await refusal(other.client.getSession(randomUUID()))).toMatchObject({
      status: 401,
      code: 'BAD_PUBLIC_KEY',
    });
  });

  it('can leave the message out of errors, as some published examples do', async () => {
    const terse = await simulatedYoti({ errorMessages: false });
    const error = await terse.app.client.getSession(randomUUID()).catch((reason: unknown) => reason);
    expect((error as Error).message).toBe('Not Found');
    await terse.simulator.close();
  });
});
