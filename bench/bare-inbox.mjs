// The least that takes a notification durably: Fastify and pg, one row for each, no token, no tenant, nothing due.
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';

const { OWNER_URL, POOL_SIZE } = process.env;
const pool = new pg.Pool({ connectionString: OWNER_URL, max: Number(POOL_SIZE) });
await pool.query(
  'CREATE TABLE bare_inbox (id uuid PRIMARY KEY, path text, body jsonb, at timestamptz DEFAULT now())',
);

const app = fastify();
app.post('/hooks/yoti/:opaque', async (request, reply) => {
  await pool.query('INSERT INTO bare_inbox (id, path, body) VALUES ($1, $2, $3)', [
    randomUUID(),
    request.params.opaque,
    request.body,
  ]);
  return reply.code(200).send();
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.send({ url });
process.once('disconnect', () => process.exit());
