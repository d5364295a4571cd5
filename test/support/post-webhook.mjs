// Posts to the address given, as the sender of webhooks does, and prints what came of it: for tests of what a process
// trusts from its start (NODE_EXTRA_CA_CERTS).
await import('./typescript-loader.mjs');
const { AddressRules } = await import('../../src/webhooks/address-guard.ts');
const { WebhookClient } = await import('../../src/webhooks/webhook-client.ts');
const client = new WebhookClient(new AddressRules(['127.0.0.0/8']));
const { statusCode, errorClass } = await client.post(process.argv[2], {}, '{}');
console.log(JSON.stringify({ statusCode, errorClass }));
