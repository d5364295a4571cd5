import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { YotiAnswer } from './yoti-proxy.js';

/** In every answer, and never to be seen anywhere. */
export const CANARY = 'canary-4f1d9442c86127d0';

const MEBIBYTE = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };

/** What the server makes of an answer: the error code of its own API. */
export type Verdict = 'yoti_bad_response' | 'yoti_refused' | 'yoti_unavailable';

/** One thing that a server in Yoti's place could do. */
export interface BadAnswer {
  name: string;
  verdict: Verdict;
  /** The reason that is kept on the session. */
  reason: string;
  /** What becomes of it as the content of a media, which may be any bytes: passed on, cut off, or an error. */
  media: 'passed' | 'cut' | Verdict;
  /** Whether it takes until the deadline. */
  slow?: true;
  /** Whether it is so much that several at once would keep the test's own process from doing anything else. */
  heavy?: true;
  answer: YotiAnswer;
}

/** A body without an end, as far as the one who asked lets it get. */
export interface Flood {
  /** Bytes that were taken. */
  sent: number;
  answer(declaresLength: boolean): YotiAnswer;
}

/** 300 MiB, sent as fast as they are taken. */
export function flood(): Flood {
  const size = 300 * MEBIBYTE;
  const chunk = Buffer.alloc(256 * 1024, ' ');
  const self: Flood = {
    sent: 0,
    answer: (declaresLength) => (response) => {
      response.writeHead(200, { ...JSON_TYPE, ...(declaresLength ? { 'content-length': size } : {}) });
      let left = size;
      const pump = () => {
        while (left > 0 && !response.destroyed) {
          left -= chunk.length;
          self.sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', pump);
        }
        response.end();
      };
      pump();
    },
  };
  return self;
}

const text =
  (status: number, body: string | Buffer, headers: Record<string, string> = JSON_TYPE): YotiAnswer =>
  (response) =>
    void response.writeHead(status, headers).end(body);

/** Says that the body is longer than it is. */
const cutShort: YotiAnswer = (response) => {
  response.writeHead(200, { ...JSON_TYPE, 'content-length': 10_000 });
  response.write(`{"session_id":"${CANARY}`, () => response.socket?.destroy());
};

const drip: YotiAnswer = (response) => {
  response.writeHead(200, JSON_TYPE);
  const timer = setInterval(() => response.write(' '), 50);
  response.on('close', () => clearInterval(timer));
};

function raw(bytes: string): YotiAnswer {
  return (response: ServerResponse) => {
    const socket = response.socket as Socket;
    socket.end(bytes);
  };
}

const bad = (name: string, answer: YotiAnswer, media: BadAnswer['media'] = 'passed'): BadAnswer => ({
  name,
  verdict: 'yoti_bad_response',
  reason: 'yoti_bad_response',
  media,
  answer,
});
const refused = (name: string, reason: string, answer: YotiAnswer): BadAnswer => ({
  name,
  verdict: 'yoti_refused',
  reason,
  media: 'yoti_refused',
  answer,
});
const unavailable = (name: string, reason: string, answer: YotiAnswer): BadAnswer => ({
  name,
  verdict: 'yoti_unavailable',
  reason,
  media: 'yoti_unavailable',
  answer,
});

const created = JSON.stringify({
  session_id: '22222222-2222-4222-8222-222222222222',
  client_session_token: CANARY,
  client_session_token_ttl: 899,
});
const wrongTypes = JSON.stringify({
  session_id: 7,
  state: { is: CANARY },
  client_session_token: [CANARY],
  client_session_token_ttl: '899',
  resources: CANARY,
  checks: { a: 1 },
  supported_countries: CANARY,
});
const page = `<html><body>${CANARY}</body></html>`;

/**
 * Every answer that is not Yoti's.
 *
 * @param elsewhere an address that must not be called
 */
export function badAnswers(elsewhere: string, floods: Flood): BadAnswer[] {
  return [
    bad('a page', text(200, page, { 'content-type': 'text/html' })),
    bad('a page without a type', text(200, page, {})),
    bad('nothing', text(200, '')),
    bad('null', text(200, 'null')),
    bad('a list', text(200, `["${CANARY}"]`)),
    bad('a text', text(200, `"${CANARY}"`)),
    bad('wrong types', text(200, wrongTypes)),
    bad('malformed JSON', text(200, `{"session_id":"${CANARY}`)),
    bad('JSON called text', text(201, created, { 'content-type': 'text/plain' })),
    bad(
      'JSON that nobody asked to be compressed',
      text(200, gzipSync(created), { ...JSON_TYPE, 'content-encoding': 'gzip' }),
    ),
    bad('10,000 levels', text(200, `{"session_id":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)),
    bad('a redirect', text(302, page, { location: elsewhere }), 'yoti_bad_response'),
    bad('a permanent redirect', text(308, page, { location: elsewhere }), 'yoti_bad_response'),
    bad('something that is not HTTP', raw(`SSH-2.0-${CANARY}\r\n\r\n`), 'yoti_bad_response'),
    { ...bad('300 MiB', floods.answer(false), 'cut'), heavy: true },
    { ...bad('300 MiB with their length', floods.answer(true), 'yoti_bad_response'), heavy: true },
    refused(
      'errors that are no list',
      'payload_validation',
      text(400, `{"code":"PAYLOAD_VALIDATION","message":"${CANARY}","errors":{"a":"${CANARY}"}}`),
    ),
    refused(
      'a refusal without a message',
      'malformed_request',
      text(
        400,
        '{"code":"MALFORMED_REQUEST","errors":[{"property":"header.X-Yoti-Auth-Digest","message":"must not be null"}]}',
      ),
    ),
    refused('a refusal as a page', 'yoti_refused', text(403, page, { 'content-type': 'text/html' })),
    refused('an empty refusal', 'yoti_refused', text(400, '')),
    refused('a code that is none', 'yoti_refused', text(400, `{"code":"<b>${CANARY}</b>","message":1}`)),
    unavailable(
      'its own failure',
      'server_error',
      text(500, `{"code":"SERVER_ERROR","message":"${CANARY}"}`),
    ),
    unavailable(
      'its own failure as a page',
      'yoti_unavailable',
      text(502, page, { 'content-type': 'text/html' }),
    ),
    unavailable('too many requests', 'too_many_requests', text(429, '{"code":"TOO_MANY_REQUESTS"}')),
    unavailable('a reset', 'yoti_unavailable', (response) => void response.socket?.resetAndDestroy()),
    { ...unavailable('an end in the middle', 'yoti_unavailable', cutShort), media: 'cut' },
    { ...unavailable('silence', 'yoti_timeout', () => undefined), slow: true },
    { ...unavailable('a drip', 'yoti_timeout', drip), slow: true, media: 'cut' },
  ];
}
