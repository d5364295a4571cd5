import { describe, expect, it } from '@jest/globals';
import { assert, integer, property } from 'fast-check';
import {
  contrast,
  DARK_SURFACE,
  DEFAULT_COLOUR,
  LIGHT_SURFACE,
  normaliseColour,
  paletteOf,
} from './colours.js';

describe('normaliseColour', () => {
  it.each([
    ['#2D9FFF', '#2d9fff'],
    [' #abc ', '#aabbcc'],
    [undefined, DEFAULT_COLOUR],
    ['red', DEFAULT_COLOUR],
    ['#12345', DEFAULT_COLOUR],
    ['#fff;}body{display:none', DEFAULT_COLOUR],
  ])('%s is %s', (given, expected) => {
    expect(normaliseColour(given)).toBe(expected);
  });
});

describe('contrast', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#777777', '#ffffff', 4.48],
  ])('of %s and %s is %d', (one, other, expected) => {
    expect(contrast(one, other)).toBeCloseTo(expected, 2);
  });
});

describe('paletteOf', () => {
  it('keeps a colour that is readable already', () => {
    expect(paletteOf('#2455c3', LIGHT_SURFACE)).toEqual({
      fill: '#2455c3',
      onFill: '#ffffff',
      accent: '#2455c3',
    });
  });

  it('puts dark text on a bright colour', () => {
    expect(paletteOf('#ffd400', LIGHT_SURFACE)).toMatchObject({ fill: '#ffd400', onFill: '#000000' });
  });

  it.each([LIGHT_SURFACE, DARK_SURFACE])('makes every colour readable on %s', (surface) => {
    const colours = integer({ min: 0, max: 0xffffff }).map(
      (value) => `#${value.toString(16).padStart(6, '0')}`,
    );
    assert(
      property(colours, (colour) => {
        const { fill, onFill, accent } = paletteOf(colour, surface);
        expect(contrast(fill, surface)).toBeGreaterThanOrEqual(1.3);
        expect(contrast(onFill, fill)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(accent, surface)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });
});
