import { describe, expect, it } from '@jest/globals';
import { Places } from './places.js';

describe('places', () => {
  it('are bounded for each key, and free again when left', () => {
    const places = new Places(2);
    expect(['a', 'a', 'a', 'b'].map((key) => places.enter(key))).toEqual([true, true, false, true]);
    places.leave('a');
    expect([places.enter('a'), places.enter('a')]).toEqual([true, false]);
  });
});
