// Answers as Yoti does, at once: a creation with a session that is ongoing until somebody asks for it, and then complete.
// Remembers what each session was told about notifications. Once it is told so, it takes creations and never answers.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const TOKEN_LIFETIME_SECONDS = 900;

const completed = readFileSync(
  new URL('../src/yoti/completed-session.example.json', import.meta.url),
  'utf8',
);
const { session_id: EXAMPLE_ID } = JSON.parse(completed);
const NOT_FOUND = [404, JSON.stringify({ code: 'SESSION_NOT_FOUND', message: 'Session not found' })];

let hangs = false;
const sessions = new Set();
/** Where the sessions that were made since somebody asked have their notifications sent. */
let targets = [];

const server = createServer((request, response) => void answer(request, response));

async function answer(request, response) {
  const [status, body] = await answerTo(request);
  if (status !== null) response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

async function answerTo(request) {
  if (request.method === 'POST') return create(await json(request));
  request.resume();
  if (request.method === 'DELETE') return [204];
  if (request.url.includes('/media/')) return [200, '{}'];
  const id = /\/sessions\/([^/?]+)/.exec(request.url)?.[1];
  return sessions.has(id) ? [200, completed.replace(EXAMPLE_ID, id)] : NOT_FOUND;
}

function create({ notifications }) {
  if (hangs) return [null];
  const id = randomUUID();
  sessions.add(id);
  if (notifications) targets.push({ id, endpoint: notifications.endpoint, token: notifications.auth_token });
  const session = {
    session_id: id,
    client_session_token: randomUUID(),
    client_session_token_ttl: TOKEN_LIFETIME_SECONDS,
  };
  return [201, JSON.stringify(session)];
}

const questions = {
  hang: () => ({ hangs: (hangs = true) }),
  targets: () => ({ targets: targets.splice(0) }),
};

// The SDK opens a connection for every call; a short backlog would be the stand-in's limit, not the caller's.
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  process.send({ url: `http://127.0.0.1:${server.address().port}/idverify/v1` });
});
process.on('message', (question) => process.send(questions[question]()));
process.once('disconnect', () => process.exit());
