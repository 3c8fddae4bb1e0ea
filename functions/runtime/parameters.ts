// Parameters below a path of SSM, all their pages. A SecureString that is as it was is not decrypted again: each decryption is
// a request to KMS. And SSM, whose 40 calls a second all environments of an account share, may refuse some.

import {setTimeout as pause} from 'node:timers/promises';
import {
  GetParametersByPathCommand,
  type GetParametersByPathCommandInput,
  type GetParametersByPathCommandOutput,
  type Parameter,
  type SSMClient,
} from '@aws-sdk/client-ssm';

interface ReadParameter {
  readonly name: string;
  readonly value: string;
  readonly modifiedMs: number | undefined;
  readonly version: number | undefined;
}

interface Secret {
  /** Undefined where SSM does not tell. */
  readonly edition: string | undefined;
  readonly value: string;
}

/** The SecureStrings of a reading by name, decrypted. */
export type Secrets = ReadonlyMap<string, Secret>;

export interface ParametersRead {
  readonly parameters: readonly ReadParameter[];
  readonly pages: number;
  readonly secrets: Secrets;
}

export interface ReadingWish {
  readonly path: string;
  readonly recursive?: boolean;
  readonly mostPages?: number;
  /** Of the reading before. Without them all are decrypted. */
  readonly secrets?: Secrets | undefined;
  readonly patience: Patience;
}

export interface Patience {
  /** Until when (by performance.now) it asks again while SSM has too many calls. The SDK has asked three times then. */
  readonly throttledUntilMs: number;
  /** How long a single call may take, with what the SDK does about it, where something else will do. */
  readonly callMs?: number;
}

/** Of whoever has nothing yet. A hundred environments that start together have read two pages each in 5 s. */
export const patience = (throttledMs: number): Patience => ({
  throttledUntilMs: performance.now() + throttledMs,
});

/** Of whoever has what was read before. */
export const impatience: Patience = {throttledUntilMs: 0, callMs: 3_000};

/** @throws Error where SSM cannot be read */
export async function readParameters(client: SSMClient, wish: ReadingWish): Promise<ParametersRead> {
  const {path, secrets} = wish;
  const kept = secrets && readingOf(path, await pagesOf(client, wish, false), secrets);
  // What the first reading showed does not count, if there is a second: it may have changed since.
  return kept ?? readingOf(path, await pagesOf(client, wish, true))!;
}

type Page = readonly Parameter[];

/**
 * @param known for pages that were not decrypted, and hold ciphertext
 * @returns undefined where a secret is not among those known
 */
function readingOf(path: string, pages: readonly Page[], known?: Secrets): ParametersRead | undefined {
  const secrets = new Map<string, Secret>();
  const parameters: ReadParameter[] = [];
  for (const parameter of pages.flat()) {
    const {Name = '', Value = '', Type, LastModifiedDate, Version} = parameter;
    let value = Value;
    // What says no type is not known to be plain.
    if (Type !== 'String' && Type !== 'StringList') {
      const edition = editionOf(parameter);
      if (known !== undefined) {
        const secret = known.get(Name);
        if (secret === undefined || edition === undefined || secret.edition !== edition) return undefined;
        value = secret.value;
      }
      secrets.set(Name, {edition, value});
    }
    const modifiedMs = LastModifiedDate?.getTime();
    parameters.push({name: Name.slice(path.length), value, modifiedMs, version: Version});
  }
  return {parameters, pages: pages.length, secrets};
}

/** A parameter that was removed and made again has version 1 again, but another date. */
const editionOf = ({Version, LastModifiedDate}: Parameter): string | undefined =>
  Version === undefined || LastModifiedDate === undefined
    ? undefined
    : `${Version} ${LastModifiedDate.getTime()}`;

/** Names under which SSM, or KMS behind it, says that there are too many calls. */
const throttlings = new Set([
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
]);

export const isThrottling = (error: unknown): boolean =>
  error instanceof Error && throttlings.has(error.name);

/** At most so long, by lot: those that were refused together must not come back together. */
const longestPauseMs = 1000;

/** One page after the other, at most 10 parameters each (GetParametersByPath, MaxResults). */
async function pagesOf(
  client: SSMClient,
  {path, recursive = false, mostPages = Number.POSITIVE_INFINITY, patience: limits}: ReadingWish,
  withDecryption: boolean,
): Promise<readonly Page[]> {
  const query = {Path: path, Recursive: recursive, WithDecryption: withDecryption};
  const pages: Page[] = [];
  let token: string | undefined;
  do {
    const asked = {...query, ...(token && {NextToken: token})};
    const {Parameters: page = [], NextToken: next} = await answerTo(asked, client, limits);
    pages.push(page);
    token = next;
  } while (token && pages.length < mostPages);
  return pages;
}

/** Asks again while there are too many calls. */
async function answerTo(
  query: GetParametersByPathCommandInput,
  client: SSMClient,
  {throttledUntilMs, callMs}: Patience,
): Promise<GetParametersByPathCommandOutput> {
  for (;;) {
    const signal = callMs === undefined ? undefined : AbortSignal.timeout(callMs);
    try {
      return await client.send(new GetParametersByPathCommand(query), signal && {abortSignal: signal});
    } catch (error) {
      if (signal?.aborted) throw new Error(`no answer within ${callMs} ms`);
      if (!isThrottling(error) || performance.now() >= throttledUntilMs) throw error;
      await pause(Math.random() * longestPauseMs);
    }
  }
}
