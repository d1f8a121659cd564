import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { SluiceError } from '../query/error.ts';
import { describeError } from './error-answer.ts';

export const STATISTICS_FIELD = 'sluice-statistics';
export const ERROR_FIELD = 'sluice-error';

export interface StreamAnswer {
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** Asked for once, when the body has ended. */
  readonly statistics: () => unknown;
  /**
   * A body of at most so many bytes is sent in one piece, its statistics in a header; a larger one as a stream, its
   * statistics in a trailer. An error that comes before the stream has begun gives a plain error answer.
   */
  readonly holdBack: number;
  /** An error in the midst of a stream: told in a trailer, or by cutting the connection where nobody reads trailers. */
  readonly failure: 'trailer' | 'cut';
  readonly pacing?: Pacing;
}

/** Holds an answer back to what its server may use. */
export interface Pacing {
  /** Bytes that are best sent at a time. */
  readonly piece: number;
  /** Waits until so many more bytes may be sent. */
  take(bytes: number, signal: AbortSignal): Promise<void>;
}

/** Aborts when the client goes away before its answer is complete. */
export function disconnectSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new SluiceError('cancelled', 'the client went away'));
  });
  return controller.signal;
}

/** Sends a body that is made while it is sent. */
export async function sendStream(
  reply: FastifyReply,
  answer: StreamAnswer,
  signal: AbortSignal,
): Promise<FastifyReply> {
  const chunks = answer.body[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  let ended = false;
  try {
    do {
      const next = await chunks.next();
      if (next.done) ended = true;
      else {
        held.push(next.value);
        heldBytes += next.value.length;
      }
    } while (!ended && heldBytes <= answer.holdBack);
  } catch (error) {
    if (!signal.aborted) throw error;
    return reply.hijack();
  }

  const headers: Record<string, string> = { 'content-type': answer.contentType };
  if (ended && answer.holdBack > 0) {
    headers['content-length'] = String(heldBytes);
    headers[STATISTICS_FIELD] = fieldValue(await answer.statistics());
  } else headers.trailer = `${STATISTICS_FIELD}, ${ERROR_FIELD}`;

  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, headers);
  try {
    for (const chunk of held) await writePaced(response, chunk, answer.pacing, signal);
    while (!ended) {
      const next = await chunks.next();
      if (next.done) break;
      await writePaced(response, next.value, answer.pacing, signal);
    }
    if (headers.trailer) response.addTrailers({ [STATISTICS_FIELD]: fieldValue(await answer.statistics()) });
    response.end();
  } catch (error) {
    await chunks.return?.();
    if (signal.aborted || answer.failure === 'cut') response.destroy();
    else {
      response.addTrailers({ [ERROR_FIELD]: fieldValue(describeError(error).description) });
      response.end();
    }
  }
  return reply;
}

/** Writes in pieces, so that a slow link is shared fairly, no faster than the client reads. Throws when it is gone. */
export async function writePaced(
  response: ServerResponse,
  chunk: Uint8Array,
  pacing: Pacing | undefined,
  signal: AbortSignal,
): Promise<void> {
  const step = pacing?.piece ?? chunk.length;
  for (let start = 0; start < chunk.length; start += step) {
    const piece = chunk.subarray(start, start + step);
    await pacing?.take(piece.length, signal);
    signal.throwIfAborted();
    if (!response.write(piece)) await once(response, 'drain', { signal });
  }
}

/** JSON in the characters that a header field may hold. */
export function fieldValue(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
