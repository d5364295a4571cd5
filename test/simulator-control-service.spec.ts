import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlApi, notified } from './support/control-api.js';
import { notificationReceiver } from './support/simulated-yoti.js';

const api = controlApi();
const { control, items, create } = api;

describe('starting afresh', () => {
  it('forgets everything, or everything but the apps', async () => {
    const receiver = await notificationReceiver();
    const { id } = await create(notified(receiver.endpoint));
    await control('POST', `/sessions/${id}/journey`);
    await control('POST', '/clock', { advance: 60, freeze: true });
    await control('PUT', '/scenario', { scenario: 'forged_document' });
    await control('PUT', '/scenario', { scenario: 'forged_document', sdkId: api.app().sdkId });
    await control('PUT', '/faults', { items: [{ endpoint: 'get_session', kind: 'reset' }] });
    await control('PUT', '/notifications', { drop: true });
    expect((await control('POST', '/reset', { keepApps: true })).status).toBe(204);
    receiver.close();
    for (const path of ['/sessions', '/notifications', '/requests', '/faults'])
      expect(await items(path)).toEqual([]);
    expect(await items('/apps')).toMatchObject([{ sdkId: api.app().sdkId, scenario: null, sessions: 0 }]);
    expect((await control('GET', '/clock')).body).toMatchObject({ aheadSeconds: 0, frozen: false });
    expect((await control('GET', '/scenarios')).body.default).toBe('happy');
    expect((await control('GET', '/notifications')).body.knobs).toMatchObject({ drop: [] });
    await create();

    expect((await control('POST', '/reset')).status).toBe(204);
    expect(await items('/apps')).toEqual([]);
    expect((await control('POST', '/reset', { keepApps: 'yes' })).status).toBe(400);
  });

  it('holds over a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const stateFile = join(folder, 'state.jsonl');
    await api.restart({ stateFile });
    await create();
    await control('PUT', '/scenario', { scenario: 'forged_document' });
    await control('DELETE', '/scenario');
    await control('POST', '/apps', { sdkId: 'second-app', publicKeyPem: api.app().publicKeyPem });
    await control('DELETE', '/apps/second-app');
    await api.restart({ stateFile });
    expect((await items('/apps')).map(({ sdkId }) => sdkId)).toContain(api.app().sdkId);
    expect((await items('/apps')).map(({ sdkId }) => sdkId)).not.toContain('second-app');
    expect((await control('GET', '/scenarios')).body.default).toBe('happy');
    expect(await items('/sessions')).toHaveLength(1);
    await control('POST', '/reset');
    await api.restart({ stateFile });
    expect(await items('/sessions')).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

describe('other sites', () => {
  /** A request with headers that a program may not set through `fetch`. */
  const raw = (method: string, path: string, headers: Record<string, string>) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const sent = request(
        `${api.simulator().origin}${path}`,
        { method, headers, setHost: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          );
        },
      );
      sent.on('error', reject).end();
    });

  it('cannot reach the control paths under a name of their own', async () => {
    for (const path of ['/control', '/control/sessions', '/control/app.js', '/control/nothing']) {
      const { status, body } = await raw('GET', path, { host: 'rebound.example' });
      expect([path, status, JSON.parse(body).code]).toEqual([path, 403, 'FORBIDDEN_HOST']);
    }
    expect(
      (await raw('GET', '/control/sessions', { host: new URL(api.simulator().origin).host })).status,
    ).toBe(200);
  });

  it('cannot change anything through the browser of whoever visits them', async () => {
    const { host } = new URL(api.simulator().origin);
    const foreign: Record<string, string>[] = [
      { origin: 'https://site.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of foreign) {
      const { status, body } = await raw('POST', '/control/reset', { host, ...headers });
      expect([status, JSON.parse(body).code]).toEqual([403, 'FORBIDDEN_ORIGIN']);
    }
    expect(await items('/apps')).toHaveLength(1);
    expect((await raw('POST', '/control/reset', { host, origin: api.simulator().origin })).status).toBe(204);
  });

  it('may not read, frame or keep what is answered', async () => {
    const { headers } = await control('GET', '/apps');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    const page = await fetch(`${api.simulator().origin}/control`);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
  });

  it('are told names by which the simulator may be called', async () => {
    await api.restart({ controlHosts: ['simulator.internal'] });
    expect((await raw('GET', '/control/apps', { host: 'simulator.internal:3001' })).status).toBe(200);
    expect((await raw('GET', '/control/apps', { host: 'other.internal:3001' })).status).toBe(403);
  });
});
