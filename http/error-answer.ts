import { type ErrorCode, type ErrorDescription, errorFrom, SluiceError } from '../query/error.ts';

const STATUS: Record<ErrorCode, number> = {
  syntax: 400,
  unsupported: 400,
  'unknown-name': 400,
  type: 400,
  'bad-request': 400,
  'not-found': 404,
  'bad-value': 422,
  'bad-data': 422,
  'schema-changed': 409,
  cancelled: 503,
  internal: 500,
  'in-use': 500,
  unreachable: 502,
};

/** The HTTP status of an error. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code];
}

/**
 * What a client is told of an error: ours as they are, those of the HTTP framework as `bad-request`, anything else
 * as `internal` without its text, which may hold what is nobody's business.
 */
export function describeError(error: unknown): { status: number; description: ErrorDescription } {
  if (error instanceof SluiceError) return { status: statusOf(error.code), description: error.toJSON() };
  const { statusCode, message } = error as { statusCode?: unknown; message?: string };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return { status: statusCode, description: { code: 'bad-request', message: message ?? 'bad request' } };
  return { status: 500, description: { code: 'internal', message: 'internal error; the server log says more' } };
}

/** Reads an error out of a response's body or trailer; undefined when the text is not one. */
export function readError(text: string): SluiceError | undefined {
  try {
    const json = JSON.parse(text) as { error?: ErrorDescription } & ErrorDescription;
    const description = json.error ?? json;
    if (typeof description.message !== 'string' || !(description.code in STATUS)) return undefined;
    return errorFrom(description);
  } catch {
    return undefined;
  }
}
