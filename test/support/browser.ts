import { type Browser, chromium } from 'playwright-core';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A camera for the capture pages, with permission already given.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

/**
 * Starts a headless Chromium with a fake camera. The caller closes it.
 *
 * @throws Error when the machine has none
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH;
  if (!executablePath) {
    throw new Error('No Chromium was found. To install one: node scripts/browser.mjs');
  }
  return chromium.launch({ executablePath, args: flags });
}
