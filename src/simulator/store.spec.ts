import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSession } from './create-session.js';
import { Store } from './store.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  file = join(folder, 'state', 'journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const session = (id: string) =>
  newSession(
    'app',
    { requested_checks: [], requested_tasks: [], required_documents: [] },
    { now: 0, newId: () => id },
  );

describe('journal', () => {
  it('brings back everything without a proper end, and half a line is ignored', () => {
    const store = new Store(file);
    store.saveApp({ sdkId: 'app', publicKeyPem: 'key' });
    store.setDefaultScenario('forged_document');
    store.saveSession(session('one'));
    store.saveSession(session('two'));
    store.removeSession('one');
    store.saveUpload('two', 'media', { contentType: 'image/png', bytes: Buffer.from([1, 2]) });
    appendFileSync(file, '{"kind":"session","sess');

    const again = new Store(file);
    expect([...again.sessions.keys()]).toEqual(['two']);
    expect(again.apps.get('app')?.publicKeyPem).toBe('key');
    expect(again.defaultScenario).toBe('forged_document');
    expect(again.upload('two', 'media')?.bytes).toEqual(Buffer.from([1, 2]));
  });

  it('forgets history when it is opened', () => {
    const store = new Store(file);
    for (let index = 0; index < 50; index += 1) store.saveSession(session('same'));
    const reopened = new Store(file);
    expect(reopened.sessions.size).toBe(1);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
  });
});
