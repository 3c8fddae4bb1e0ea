// Calls of the server of the console. What it refuses comes back as an ApiProblem, in words and with a kind.

export type ProblemKind =
  | 'denied'
  | 'throttled'
  | 'unreachable'
  | 'not-found'
  | 'invalid'
  | 'price'
  | 'failed'
  /** The server of the console itself does not answer. */
  | 'disconnected'
  /** It does not know this browser (any more). */
  | 'signed-out';

export class ApiProblem extends Error {
  readonly kind: ProblemKind;
  /** What else it says: `permission`, `usd`, `problems`, … */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(kind: ProblemKind, text: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(text);
    this.kind = kind;
    this.facts = facts;
  }
}

/** All tabs of a browser are signed in by one cookie, and so share the value that goes with it to this server alone. */
const secondKey = 'relayq-second';

/** Trades the token of the address for a cookie, which this program cannot read. */
export async function signIn(token: string): Promise<void> {
  const answer = await request<{readonly second?: string}>('/session', {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify({token}),
  });
  if (typeof answer.second === 'string') localStorage.setItem(secondKey, answer.second);
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  request<T>(path, signal === undefined ? {} : {signal});

export const post = <T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> =>
  request<T>(path, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
    ...(signal && {signal}),
  });

/** `?a=1&b=2`, without what is empty. */
export function queryOf(query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      ...init,
      headers: {...init.headers, 'x-relayq-second': localStorage.getItem(secondKey) ?? ''},
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
    });
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiProblem('disconnected', 'the console’s own server does not answer');
  }
  const body = (await response.json().catch(() => undefined)) as T | undefined;
  if (response.ok && body !== undefined) return body;
  throw problemOf(response.status, body);
}

const kindOfStatus: Readonly<Record<number, ProblemKind>> = {
  400: 'invalid',
  401: 'signed-out',
  402: 'price',
  403: 'denied',
  404: 'not-found',
  429: 'throttled',
  502: 'unreachable',
};

function problemOf(status: number, body: unknown): ApiProblem {
  const {error} = (body ?? {}) as {readonly error?: Readonly<Record<string, unknown>>};
  const kind = (error?.kind ?? kindOfStatus[status] ?? 'failed') as ProblemKind;
  const text = typeof error?.text === 'string' ? error.text : `the server answered with ${status}`;
  // Its own refusals have no permission of AWS that would help.
  if (status === 401) return new ApiProblem('signed-out', text);
  return new ApiProblem(kind, text, {...(body as object), ...error});
}
