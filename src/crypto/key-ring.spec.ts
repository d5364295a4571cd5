import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DataKey } from './data-key.js';
import { KeyRing, SealError } from './key-ring.js';

const key = (id: string) => ({ id, key: randomBytes(32) });
const place = { purpose: 'webhook-secret', tenantId: 'tenant-a', rowId: 'row-1' };

describe('KeyRing', () => {
  const old = key('2025');
  const current = key('2026');
  const ring = new KeyRing([current, old]);

  it('opens what it sealed, and nothing of the text shows', () => {
    const blob = ring.seal('a secret', place);
    expect(ring.open(blob, place).toString()).toBe('a secret');
    expect(blob.includes('a secret')).toBe(false);
  });

  it('seals with the first key and opens with any', () => {
    const before = new KeyRing([old]).seal('old value', place);
    expect(ring.open(before, place).toString()).toBe('old value');
    expect(() => new KeyRing([old]).open(ring.seal('new value', place), place)).toThrow(SealError);
  });

  it.each([
    ['tenant', { ...place, tenantId: 'tenant-b' }],
    ['row', { ...place, rowId: 'row-2' }],
    ['purpose', { ...place, purpose: 'api-key' }],
  ])('I5 does not open a value that was moved to another %s', (_, elsewhere) => {
    const blob = ring.seal('a secret', place);
    expect(() => ring.open(blob, elsewhere)).toThrow(SealError);
  });

  it('does not open a value with any byte changed, or cut short', () => {
    const blob = ring.seal('a secret', place);
    for (let i = 0; i < blob.length; i += 1) {
      const changed = Buffer.from(blob);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => ring.open(changed, place)).toThrow(SealError);
      expect(() => ring.open(blob.subarray(0, i), place)).toThrow(SealError);
    }
  });

  it('needs a key', () => {
    expect(() => new KeyRing([])).toThrow('empty');
  });
});

describe('DataKey', () => {
  const ring = new KeyRing([key('2026')]);

  it('I5 seals a session’s fields so that only its own wrapped key opens them', () => {
    const { dataKey, wrapped } = DataKey.create(ring, 'tenant-a', 'session-1');
    const sealed = dataKey.seal('AMELIA', 'result');
    const again = DataKey.unwrap(ring, wrapped, 'tenant-a', 'session-1');
    expect(again.open(sealed, 'result')).toBe('AMELIA');
    expect(() => again.open(sealed, 'note')).toThrow(SealError);
    expect(() => DataKey.unwrap(ring, wrapped, 'tenant-a', 'session-2')).toThrow(SealError);
    const other = DataKey.create(ring, 'tenant-a', 'session-1').dataKey;
    expect(() => other.open(sealed, 'result')).toThrow(SealError);
  });
});
