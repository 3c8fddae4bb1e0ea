// The mail that the local cloud's sink has taken, over HTTP. It is bounded, and read in a thread that is ended when it takes
// too long.

import {extname} from 'node:path';
import {Worker} from 'node:worker_threads';
import {isJsonObject} from '../../../shared/json.ts';
import {parseUtcTime} from '../../../shared/utc-time.ts';
import {isUnreachable, NoAccess} from '../../aws/aws-problem.ts';
import {NotFound} from '../../command/problems.ts';
import {subjectOf} from '../../terminal/subject.ts';
import {timeText} from '../../terminal/time.ts';
import type {ReadMail} from './mail-document.ts';

export interface Received {
  readonly number: number;
  readonly received: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly size: number;
  readonly tls: boolean;
}

const mostOctets = 26_214_400;
const mostListOctets = 8_388_608;
/** Of a source, as far as a subject is looked for. */
const headOctets = 65_536;
const mostRemembered = 2000;
const mostAtOnce = 8;
const readingMs = 15_000;
const mostMegabytes = 512;

export class ReceivedMail {
  readonly #url: string;
  /** By what no two mails have in common, also after the cloud was started again. */
  readonly #subjects = new Map<string, string>();

  /** @param endpointUrl of the local cloud */
  constructor(endpointUrl: string) {
    this.#url = `${endpointUrl.replace(/\/$/, '')}/_relayq/mail`;
  }

  sourceUrlOf = (number: number): string => `${this.#url}/${number}`;

  /** Newest first. */
  async list(signal: AbortSignal): Promise<readonly Received[]> {
    const octets = await this.#read(this.#url, mostListOctets, signal);
    const list: unknown = JSON.parse(octets.toString());
    return (Array.isArray(list) ? list : []).flatMap(each => receivedIn(each) ?? []).reverse();
  }

  /** Each with its subject. */
  async withSubjects(mails: readonly Received[], signal: AbortSignal) {
    const subjects: string[] = [];
    for (let start = 0; start < mails.length; start += mostAtOnce) {
      const some = mails.slice(start, start + mostAtOnce);
      subjects.push(...(await Promise.all(some.map(mail => this.#subjectOf(mail, signal)))));
    }
    return mails.map((mail, index) => ({...mail, subject: subjects[index]!}));
  }

  async #subjectOf({number, received, size}: Received, signal: AbortSignal): Promise<string> {
    const key = `${number} ${received} ${size}`;
    const known = this.#subjects.get(key);
    if (known !== undefined) return known;
    const head = await this.#read(this.sourceUrlOf(number), headOctets, signal, true).catch(error => {
      // The sink keeps the newest ones alone.
      if (error instanceof NotFound) return Buffer.alloc(0);
      throw error;
    });
    const subject = subjectOf(head);
    if (this.#subjects.size >= mostRemembered) this.#subjects.clear();
    this.#subjects.set(key, subject);
    return subject;
  }

  /** Octet for octet. */
  source = (number: number, signal: AbortSignal): Promise<Buffer> =>
    this.#read(this.sourceUrlOf(number), mostOctets, signal);

  /** @throws NotFound, or Error where it cannot be read */
  async mail(number: number, signal: AbortSignal): Promise<ReadMail> {
    return readInThread(await this.source(number, signal), signal);
  }

  async #read(url: string, most: number, signal: AbortSignal, isCut = false): Promise<Buffer> {
    const response = await fetch(url, {signal}).catch((error: Error) => {
      if (!isUnreachable((error.cause ?? error) as NodeJS.ErrnoException)) throw error;
      throw new NoAccess('the local cloud does not answer: start it with npm start', {cause: error});
    });
    if (response.status === 404) {
      await response.body?.cancel();
      throw new NotFound('the sink has no such mail (any more): it keeps the newest thousand');
    }
    if (!response.ok) throw new Error(`the local cloud answered with ${response.status}`);
    const chunks: Uint8Array[] = [];
    let octets = 0;
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      octets += chunk.length;
      if (octets < most) continue;
      if (isCut) break;
      if (octets > most) throw new Error(`it has more than ${most.toLocaleString('en')} octets`);
    }
    return Buffer.concat(chunks);
  }
}

function receivedIn(value: unknown): Received | undefined {
  if (!isJsonObject(value)) return undefined;
  const {number, received, from, to, size, tls} = value;
  if (typeof number !== 'number' || typeof received !== 'string') return undefined;
  const ms = parseUtcTime(received.slice(0, 19).replace('T', ' '));
  return {
    number,
    received: ms === undefined ? received : timeText(ms, false),
    from: typeof from === 'string' ? from : '',
    to: Array.isArray(to) ? to.filter(each => typeof each === 'string') : [],
    size: typeof size === 'number' ? size : 0,
    tls: tls === true,
  };
}

const thread = new URL(`./mail-thread${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

function readInThread(source: Buffer, signal: AbortSignal): Promise<ReadMail> {
  const {promise, resolve, reject} = Promise.withResolvers<ReadMail>();
  const worker = new Worker(thread, {
    workerData: new Uint8Array(source),
    resourceLimits: {maxOldGenerationSizeMb: mostMegabytes},
    env: {},
  });
  const within = AbortSignal.any([signal, AbortSignal.timeout(readingMs)]);
  const onAbort = () =>
    reject(signal.aborted ? signal.reason : new Error('this mail takes too long to read: see its source'));
  within.addEventListener('abort', onAbort, {once: true});
  worker.once('message', resolve);
  worker.once('error', error =>
    reject(new Error(`this mail cannot be read: see its source (${(error as Error).message})`)),
  );
  worker.once('exit', () => reject(new Error('this mail cannot be read: see its source')));
  return promise.finally(() => {
    within.removeEventListener('abort', onAbort);
    void worker.terminate();
  });
}
