import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { launchBrowser } from '../support/browser.js';

describe('the test browser', () => {
  it('opens a page and has a camera', async () => {
    const server = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<h1>Hello</h1>'),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      expect(await page.textContent('h1')).toBe('Hello');
      const tracks = await page.evaluate(async () => {
        const stream = await navigator.mediaDevices.getUserMedia({ video: true });
        return stream.getVideoTracks().length;
      });
      expect(tracks).toBe(1);
    } finally {
      await browser.close();
      server.close();
    }
  });
});
