import { AsyncResource } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isTracing } from '../tracing/tracing.js';

/** What is to be called at the end of each answer. */
const waiting = new WeakMap<ServerResponse, (() => void)[]>();

/** Requests whose answers wait for those before them on the same connection. */
const queued = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `ended` once, in the context of whoever asks for it (its trace): when the answer has been sent, or when its
 * caller has gone. Fastify's hooks miss a caller that goes after its body was read: `onRequestAbort` looks at the body
 * only, and `onResponse` waits for an answer that can't be sent any more.
 */
export function whenEnded(request: FastifyRequest, reply: FastifyReply, ended: () => void): void {
  const call = isTracing() ? AsyncResource.bind(ended) : ended;
  const { raw } = reply;
  const known = waiting.get(raw);
  if (known) return void known.push(call);
  const calls = [call];
  waiting.set(raw, calls);
  // Node ties a connection to one answer at a time: those behind it hear nothing of the connection's end.
  const others = raw.socket === null ? queueOf(request.raw.socket) : undefined;
  const end = () => {
    raw.off('close', end);
    others?.delete(end);
    for (const one of calls.splice(0)) one();
  };
  raw.once('close', end);
  others?.add(end);
}

function queueOf(socket: Socket): Set<() => void> {
  const known = queued.get(socket);
  if (known) return known;
  const queue = new Set<() => void>();
  queued.set(socket, queue);
  socket.once('close', () => {
    for (const end of queue) end();
  });
  return queue;
}

/** Whether the whole answer was handed to the connection, which a caller that hung up didn't wait for. */
export const wasAnswered = (reply: FastifyReply): boolean => reply.raw.writableFinished;
