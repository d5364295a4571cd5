import { describe, expect, it } from '@jest/globals';
import { environmentOf } from './environment.js';

describe('the environment of an API base', () => {
  it.each([
    ['https://api.yoti.com/idverify/v1', 'live'],
    ['https://api.yoti.com/idverify', 'live'],
    ['https://API.yoti.com/idverify/v1', 'live'],
    ['https://api.yoti.com/sandbox/idverify/v1', 'sandbox'],
    ['https://api.yoti.com/idverify-mock/v1', 'simulator'],
    ['http://api.yoti.com/idverify/v1', 'simulator'],
    ['https://api.yoti.com.attacker.example/idverify/v1', 'simulator'],
    ['http://127.0.0.1:3001/idverify/v1', 'simulator'],
    ['http://simulator:3001/sandbox/idverify/v1', 'simulator'],
  ])('%s is %s', (apiUrl, environment) => {
    expect(environmentOf(apiUrl)).toBe(environment);
  });
});
