import { describe, expect, it } from '@jest/globals';
import { describeTarget, REQUEST_LOG_SIZE, RequestLog } from './request-log.js';

const ID = '0b6f1a6e-6a86-4d55-8f7b-6a3d6a0f1c11';
const entry = {
  at: 0,
  method: 'GET',
  path: '/',
  status: 200,
  code: null,
  durationMs: 1,
  sdkId: null,
  sessionId: null,
};

describe('the request log', () => {
  it.each([
    ['/idverify/v1/sessions?sdkId=app-1&nonce=n&timestamp=1', '/idverify/v1/sessions', 'app-1', null],
    [`/idverify/v1/sessions/${ID}?sdkId=app-1`, `/idverify/v1/sessions/${ID}`, 'app-1', ID],
    [
      `/idverify/v1/sessions/${ID}/media/m1/content`,
      `/idverify/v1/sessions/${ID}/media/m1/content`,
      null,
      ID,
    ],
    ['/idverify/v1/apps/app-2/response-config', '/idverify/v1/apps/app-2/response-config', 'app-2', null],
    [`/idverify/v1/web/index.html?sessionID=${ID}&sessionToken=t`, '/idverify/v1/web/index.html', null, null],
    ['/x?sdkId=%3Cscript%3E', '/x', null, null],
  ])('says of %s what is no secret', (url, path, sdkId, sessionId) => {
    expect(describeTarget(url)).toEqual({ path, sdkId, sessionId });
  });

  it('cuts a path without end', () => {
    expect(describeTarget(`/${'x'.repeat(5000)}`).path).toHaveLength(200);
  });

  it('keeps the latest, newest first, and no more than its size', () => {
    const log = new RequestLog();
    for (let count = 0; count < REQUEST_LOG_SIZE + 5; count += 1) log.add(entry);
    const ids = log.list().map(({ id }) => id);
    expect(ids).toHaveLength(REQUEST_LOG_SIZE);
    expect([ids[0], ids.at(-1)]).toEqual([REQUEST_LOG_SIZE + 5, 6]);
    log.clear();
    expect(log.list()).toEqual([]);
  });
});
