import { describe, expect, it } from '@jest/globals';
import { endingUrl } from './ending-url.js';

const id = '0198c0de-0000-7000-8000-000000000001';

describe('endingUrl', () => {
  it.each([
    ['https://shop.example', `https://shop.example?countersignSession=${id}`],
    ['https://shop.example/back', `https://shop.example/back?countersignSession=${id}`],
    ['https://shop.example/back?', `https://shop.example/back?countersignSession=${id}`],
    ['https://shop.example/back?a=b%20c+d', `https://shop.example/back?a=b%20c+d&countersignSession=${id}`],
    ['https://shop.example/#/done?x=1', `https://shop.example/?countersignSession=${id}#/done?x=1`],
    ['http://127.0.0.1:8080/?q=1#end', `http://127.0.0.1:8080/?q=1&countersignSession=${id}#end`],
  ])('%s becomes %s', (address, expected) => {
    expect(endingUrl(address, id)).toBe(expected);
  });

  it.each([null, '', '/relative', 'javascript:alert(1)', 'data:text/html,hello', 'not an address'])(
    'refuses %s',
    (address) => {
      expect(endingUrl(address, id)).toBeNull();
    },
  );
});
