// A consumer of results as somebody would have written it for MailerQ, by the documentation of its version 5.13: it knows no
// member of ours. It refuses what that documentation does not allow.

const states = [
  'process',
  'suppression',
  'storage',
  'responsive',
  'personalize',
  'rewrite',
  'dns',
  'bind',
  'connect',
  'handshake',
  'intro',
  'ehlo',
  'helo',
  'starttls',
  'authplain',
  'authlogin',
  'authusername',
  'authpassword',
  'authcram',
  'authresponse',
  'mailfrom',
  'rcptto',
  'data',
  'message',
  'idle',
  'unknown',
] as const;
const resultWords = ['accepted', 'timeout', 'lost', 'error', 'invalid'] as const;

interface Name {
  readonly common?: string;
  readonly country?: string;
  readonly locality?: string;
  readonly state?: string;
  readonly organization?: string;
}

interface Attempt {
  readonly state: (typeof states)[number];
  readonly result: (typeof resultWords)[number];
  readonly time: string;
  readonly mta?: string;
  readonly from?: string;
  readonly to?: string;
  readonly authentication?: string;
  readonly messages?: number;
  readonly sent?: {readonly connection: number; readonly data: number};
  readonly code?: number;
  readonly status?: string;
  readonly dsn?: boolean;
  readonly description?: string;
  readonly fatal?: boolean;
  readonly cipher?: {
    readonly name: string;
    readonly bits: number;
    readonly version: string;
    readonly id: number;
  };
  readonly certificate?: {
    readonly notbefore: string;
    readonly notafter: string;
    readonly version: number;
    readonly verified: boolean;
    readonly result: string;
    readonly 'self-signed': boolean;
    readonly subject: Name;
    readonly issuer: Name;
    readonly altnames: readonly string[];
  };
}

interface MailerqResult {
  readonly envelope?: string;
  readonly recipient: string;
  readonly nextattempt?: {readonly time: string};
  readonly results: readonly Attempt[];
  readonly extracted?: {
    readonly from?: string;
    readonly to?: readonly string[];
    readonly subject?: string;
    readonly envelope?: {readonly domain: string; readonly local: string};
    readonly recipient: {readonly domain: string; readonly local: string};
  };
}

/** What the consumer keeps of a message, on a line. */
export interface Digest {
  readonly recipient: string;
  readonly outcome: 'delivered' | 'failed' | 'expired' | 'refused by the MTA' | 'will be retried';
  readonly attempts: number;
  readonly lastWords: string | undefined;
  /** `TLSv1.3, 128 bits, proven by localhost until 2126`. */
  readonly security: string | undefined;
  readonly subject: string | undefined;
  readonly nextTry: string | undefined;
}

export function digestOf(body: unknown, queue: 'success' | 'failure' | 'retry'): Digest {
  const result = body as MailerqResult;
  for (const attempt of result.results) check(attempt);
  const last = result.results.at(-1)!;
  return {
    recipient: result.recipient,
    outcome: outcomeOf(last, queue),
    attempts: result.results.filter(({state}) => state !== 'process').length,
    lastWords: last.description,
    security: securityOf(last),
    subject: result.extracted?.subject,
    nextTry:
      queue === 'retry' ? (result.nextattempt?.time ?? fail('no time of the next attempt')) : undefined,
  };
}

function outcomeOf({state, result, fatal}: Attempt, queue: string): Digest['outcome'] {
  if (queue === 'retry') return fatal === true ? fail('a fatal error is retried') : 'will be retried';
  if (queue === 'success')
    return state === 'message' && result === 'accepted' ? 'delivered' : fail('not accepted');
  // MailerQ's special combinations.
  if (state === 'process' && result === 'timeout') return 'expired';
  if (state === 'process' && result === 'invalid') return 'refused by the MTA';
  return fatal === false ? fail('a failure is not fatal') : 'failed';
}

function securityOf({cipher, certificate}: Attempt): string | undefined {
  if (cipher === undefined || certificate === undefined) return undefined;
  const {verified, result, issuer, notafter, altnames} = certificate;
  if (verified !== (result === 'ok')) fail('certificate.verified and .result contradict each other');
  if (!altnames.every(name => typeof name === 'string')) fail('certificate.altnames');
  const proof = verified ? `proven by ${issuer.common} until ${yearOf(notafter)}` : `unproven: ${result}`;
  return `${cipher.version}, ${cipher.bits} bits, ${proof}`;
}

const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const yearOf = (text: string): string => (time.test(text) ? text.slice(0, 4) : fail(`no time: ${text}`));

function check(attempt: Attempt): void {
  const {state, result, code, status, dsn, sent, cipher} = attempt;
  if (!states.includes(state)) fail(`state ${state}`);
  if (!resultWords.includes(result)) fail(`result ${result}`);
  if (result === 'accepted' && state !== 'message') fail('accepted is for the state message alone');
  if (!time.test(attempt.time)) fail(`time ${attempt.time}`);
  if (code !== undefined && !(code >= 200 && code <= 599)) fail(`code ${code}`);
  if (status !== undefined && !/^[245]\.\d{1,3}\.\d{1,3}$/.test(status)) fail(`status ${status}`);
  if ((dsn !== undefined) !== (result === 'accepted')) fail('dsn is for successes alone');
  if (sent !== undefined && !(sent.connection >= sent.data && sent.data >= 0)) fail('sent');
  if (cipher !== undefined && !(cipher.id > 0 && cipher.id < 65_536)) fail('cipher.id');
}

function fail(what: string): never {
  throw new Error(`not as MailerQ documents it: ${what}`);
}
