import { describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { firstIdAt, timeOfId } from './time-ids.js';

describe('firstIdAt', () => {
  it.each([
    [0, '00000000-0000-7000-8000-000000000000'],
    [1_763_800_000_000, '019aaaac-2600-7000-8000-000000000000'],
    [-1, '00000000-0000-7000-8000-000000000000'],
    [Date.parse('9999-12-31T00:00:00Z'), 'e677ccf9-8000-7000-8000-000000000000'],
    [2 ** 60, 'ffffffff-ffff-7000-8000-000000000000'],
  ])('of %i is %s', (ms, id) => {
    expect(firstIdAt(ms)).toBe(id);
  });

  it('is undone by timeOfId', () => {
    expect(timeOfId(firstIdAt(1_763_800_000_000))).toBe(1_763_800_000_000);
    expect(timeOfId('00000000-0000-0000-0000-000000000000')).toBe(0);
  });

  it('comes before the ids of that moment and after those of the one before', () => {
    const id = uuidv7({ msecs: 1_763_800_000_000 });
    expect(firstIdAt(1_763_800_000_000) < id).toBe(true);
    expect(id < firstIdAt(1_763_800_000_001)).toBe(true);
  });
});
