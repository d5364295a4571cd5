import { describe, expect, it } from '@jest/globals';
import { originOf, pageHeaders } from './page-headers.js';

describe('pageHeaders', () => {
  it('lets a page embed the client, give it the camera, and show the logo', () => {
    expect(
      pageHeaders({ frame: 'https://api.yoti.com', logo: 'https://cdn.example', ancestors: [] }),
    ).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https://cdn.example; " +
        "connect-src 'self'; frame-src https://api.yoti.com; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      'permissions-policy': 'camera=(self "https://api.yoti.com")',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
      'x-frame-options': 'DENY',
    });
  });

  it('lets exactly the named pages embed it', () => {
    const ancestors = ['https://shop.example', "https://x'; script-src *", 'http://localhost:8080'];
    const headers = pageHeaders({ frame: null, logo: null, ancestors });
    expect(headers['content-security-policy']).toContain(
      'frame-ancestors https://shop.example http://localhost:8080; base-uri',
    );
    expect(headers['x-frame-options']).toBeNull();
  });

  it('lets a notice embed nothing', () => {
    const headers = pageHeaders({ frame: null, logo: null, ancestors: [] });
    expect(headers['content-security-policy']).toContain("frame-src 'none'");
    expect(headers['content-security-policy']).toContain("img-src 'self' data:;");
    expect(headers['permissions-policy']).toBe('camera=()');
  });
});

describe('originOf', () => {
  it.each([
    ['https://cdn.example/logo.svg?x=1', 'https://cdn.example'],
    ['http://127.0.0.1:3001/web/index.html', 'http://127.0.0.1:3001'],
    ["https://cdn.example; script-src 'unsafe-inline'", null],
    ["https://a;script-src'unsafe-inline'", null],
    ['javascript:alert(1)', null],
    ['data:image/svg+xml,x', null],
    ['', null],
    [undefined, null],
  ])('of %s is %s', (address, expected) => {
    expect(originOf(address)).toBe(expected);
  });
});
