import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Any } from './support/client.js';
import { createReadyTenant, createSession, type TestTenant } from './support/factories.js';
import { KillableSite } from './support/killable-site.js';
import { emailLink, emailUntil, hurry } from './support/links.js';
import { MailServer } from './support/mail-server.js';

const isFinished = ({ status }: Any) => status !== 'pending';

describe('I2 I3 the server is killed', () => {
  let mails: MailServer;
  let site: KillableSite;
  let tenant: TestTenant;
  let session: Any;

  beforeAll(async () => {
    mails = await MailServer.start();
    site = await KillableSite.start({
      SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
      MAIL_FROM: 'Verification <verify@platform.example>',
    });
    tenant = await createReadyTenant(site);
  }, 60_000);

  beforeEach(async () => {
    await site.ensureRunning();
    session = await createSession(tenant);
  });

  afterAll(async () => {
    await site?.stop();
    await mails?.close();
  });

  it('after an e-mail was accepted and before it was sent', async () => {
    const email = 'accepted@mail.example';
    const resume = await site.holdClaims('emails');
    const { id } = await emailLink(tenant, session.id, { email });
    await site.server.kill();
    await resume();
    await site.restart();
    expect(await emailUntil(tenant, session.id, isFinished)).toMatchObject({
      id,
      status: 'sent',
      attemptCount: 1,
    });
    expect(mails.to(email)).toHaveLength(1);
  });

  it('when the mail server has an e-mail and has not confirmed it', async () => {
    const email = 'unconfirmed@mail.example';
    const release = mails.hold(email);
    const { id } = await emailLink(tenant, session.id, { email });
    await mails.mails(email);
    await site.server.kill();
    release();
    await site.restart();
    expect(await emailUntil(tenant, session.id, isFinished)).toMatchObject({
      id,
      status: 'sent',
      attemptCount: 1,
    });
    const ids = mails.to(email).map(({ parsed }) => parsed.messageId);
    expect(ids).toEqual([`<${id}@platform.example>`, `<${id}@platform.example>`]);
  });

  it('never: one that stops in order finishes what it is sending, and sends it once', async () => {
    const email = 'stopping@mail.example';
    const release = mails.hold(email);
    const { id } = await emailLink(tenant, session.id, { email });
    await mails.mails(email);
    const stopped = site.server.terminate();
    release();
    expect(await stopped).toBe(0);
    await site.restart();
    await hurry(site, id);
    expect(await emailUntil(tenant, session.id, isFinished)).toMatchObject({
      status: 'sent',
      attemptCount: 1,
    });
    expect(mails.to(email)).toHaveLength(1);
  });
});
