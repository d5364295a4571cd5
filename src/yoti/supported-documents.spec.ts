import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type Answer,
  closeAll,
  failureOf,
  json,
  mediaId,
  sdkId,
  yotiThat,
} from '../../test/support/yoti-stand-in.js';

afterEach(closeAll);

const passports = [
  { code: 'GBR', documents: [{ type: 'PASSPORT', strictlyLatin: null, issuedAfter: null }] },
];
const list: Answer = (response) =>
  json(response, 200, {
    supported_countries: [{ code: 'GBR', supported_documents: [{ type: 'PASSPORT' }] }],
  });

describe('the list of supported documents', () => {
  it('is asked for once, whoever wants it, and kept', async () => {
    const { client, connection, requests } = await yotiThat(list);
    const get = () => client.getSupportedDocuments(connection);
    expect(await Promise.all([get(), get(), get()])).toEqual([passports, passports, passports]);
    await expect(
      client.getSupportedDocuments({ ...connection, tenantId: 'u', sdkId: mediaId }),
    ).resolves.toEqual(passports);
    expect(requests).toHaveLength(1);
  });

  it('is one for each API base', async () => {
    const { client, connection, requests } = await yotiThat(list);
    await client.getSupportedDocuments(connection);
    await client.getSupportedDocuments({
      ...connection,
      apiUrl: connection.apiUrl.replace('idverify', 'sandbox'),
    });
    expect(requests).toHaveLength(2);
  });

  it('is asked for again after a failure, and fails for nobody else', async () => {
    let broken = true;
    const { client, connection } = await yotiThat((response, request, count) => {
      if (broken) json(response, 401, { code: 'MESSAGE_SIGNING' });
      else list(response, request, count);
    });
    await expect(failureOf(client.getSupportedDocuments(connection))).resolves.toMatchObject({
      yotiCode: 'MESSAGE_SIGNING',
    });
    broken = false;
    await expect(client.getSupportedDocuments({ ...connection, sdkId })).resolves.toEqual(passports);
  });

  it.each([{}, [], { supported_countries: {} }, { supported_countries: [{ code: 1 }] }])(
    'is not %j',
    async (body) => {
      const { client, connection } = await yotiThat((response) => json(response, 200, body));
      await expect(failureOf(client.getSupportedDocuments(connection))).resolves.toMatchObject({
        code: 'YOTI_BAD_RESPONSE',
      });
    },
  );
});
