// Answers the creation of a session at once, as Yoti does, and knows no session: no more than the comparisons need.
// Once it is told so, it takes creations and never answers them.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const TOKEN_LIFETIME_SECONDS = 900;

let hangs = false;

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    const isCreation = request.method === 'POST';
    if (isCreation && hangs) return;
    const [status, body] = isCreation ? [201, createdSession()] : [404, NOT_FOUND];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
});

const NOT_FOUND = { code: 'SESSION_NOT_FOUND', message: 'Session not found' };

const createdSession = () => ({
  session_id: randomUUID(),
  client_session_token: randomUUID(),
  client_session_token_ttl: TOKEN_LIFETIME_SECONDS,
});

// The SDK opens a connection for every call; a short backlog would be the stand-in's limit, not the caller's.
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  process.send({ url: `http://127.0.0.1:${server.address().port}/idverify/v1` });
});
process.on('message', () => {
  hangs = true;
  process.send({ hangs });
});
process.once('disconnect', () => process.exit());
