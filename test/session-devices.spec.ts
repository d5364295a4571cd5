import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from './support/app.js';
import {
  addPerson,
  createReadyTenant,
  createSession,
  expectStatus,
  type TestTenant,
} from './support/factories.js';
import { startYotiEditor, type YotiEditor } from './support/yoti-editor.js';

describe('the devices of a session', () => {
  let app: TestApp;
  let yoti: YotiEditor;
  let tenant: TestTenant;

  beforeAll(async () => {
    yoti = await startYotiEditor(() => app.simulator.origin);
    app = await startTestApp({ config: { yotiApiUrls: [yoti.baseUrl] } });
    tenant = await createReadyTenant({ ...app, simulator: { ...app.simulator, baseUrl: yoti.baseUrl } });
  });

  afterAll(async () => {
    await app.stop();
    await yoti.close();
  });

  const devices = [
    {
      event: 'RESOURCE_CREATED',
      resource_id: 'r',
      created: '2026-03-04T10:01:02Z',
      device: { ip_address: '203.0.113.7', os_name: 'iOS', colour: 'green' },
    },
  ];

  it('are read from Yoti, and the look is on record', async () => {
    const { id } = await createSession(tenant);
    yoti.edit((path) => (path.endsWith('/tracked-devices') ? { body: devices } : undefined));
    const reviewer = await addPerson(app, tenant, 'reviewer');
    const { items } = expectStatus(await reviewer.get(`/v1/sessions/${id}/devices`), 200);
    expect(items).toMatchObject([
      {
        event: 'RESOURCE_CREATED',
        resourceId: 'r',
        device: { ipAddress: '203.0.113.7', osName: 'iOS', browserName: null, other: { colour: 'green' } },
      },
    ]);
    const audit = expectStatus(await tenant.key.get(`/v1/audit-entries?sessionId=${id}`), 200);
    expect(audit.items[0]).toMatchObject({ action: 'devices.read', actor: { type: 'user' } });
    expect(JSON.stringify(audit)).not.toContain('203.0.113.7');
  });

  it.each([
    ['gone at Yoti', 404, { code: 'SESSION_NOT_FOUND', message: 'gone' }, 404, 'not_found'],
    ['refused', 401, { code: 'MESSAGE_SIGNING', message: 'no' }, 502, 'yoti_refused'],
    ['no list', 200, { devices: [] }, 502, 'yoti_bad_response'],
    ['a list of texts', 200, ['203.0.113.7'], 502, 'yoti_bad_response'],
  ])('are told apart from %s', async (_name, status, body, expected, code) => {
    const { id } = await createSession(tenant);
    yoti.edit((path) => (path.endsWith('/tracked-devices') ? { status, body } : undefined));
    const answer = await tenant.key.get(`/v1/sessions/${id}/devices`);
    expect(answer).toMatchObject({ status: expected, body: { code } });
    expect(JSON.stringify(answer.body)).not.toContain('203.0.113.7');
  });
});
