// Questions to the DNS for one check. Answers are other people's: their number, their length and the time are bounded, and
// what comes of a question is a value.

import type {Dns, RecordData} from '../../functions/deliver/next-hop/dns.ts';
import {codeOf} from '../../functions/deliver/next-hop/lookup.ts';

type Type = 'TXT' | 'A' | 'AAAA' | 'MX' | 'CNAME' | 'PTR';

export type Answer<T> =
  | {readonly kind: 'found'; readonly records: readonly T[]}
  /** The name does not exist, or has no such record. */
  | {readonly kind: 'none'; readonly exists: boolean}
  /** Nobody knows: the DNS did not answer, or it was too much. */
  | {readonly kind: 'unknown'; readonly why: string};

export interface Txt {
  readonly text: string;
  /** How many strings it was made of. */
  readonly strings: number;
}

/** A whole check asks for less. */
const mostQuestions = 300;
const mostRecords = 100;
/** RSA keys of 4096 bits take 740 characters; RFC 7208 3.4 wants less than 450 of SPF. */
const longestText = 8192;
const withinMs = 10_000;

const tooLate = `it took longer than ${withinMs / 1000} s in all`;

/** RFC 1035 2.3.4; and no character that could be mistaken for another by whoever asks. */
const isAskable = (name: string): boolean =>
  name.length <= 253 && name.split('.').every(label => /^[!-~]{1,63}$/.test(label) && !label.includes('\\'));

export class Questions {
  readonly #dns: Dns;
  readonly #asked = new Map<string, Promise<Answer<unknown>>>();
  readonly #over = Promise.withResolvers<Answer<never>>();
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  /** @param signal gives up. The time runs from now on */
  constructor(dns: Dns, signal: AbortSignal, ms = withinMs) {
    this.#dns = dns;
    const end = () => {
      this.#isOver = true;
      this.#over.resolve({kind: 'unknown', why: tooLate});
    };
    this.#timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, {once: true});
  }

  /** To be called at the end: else the process would wait for what was asked. */
  close(): void {
    clearTimeout(this.#timer);
    this.#dns.cancel();
  }

  /** Each is asked once. */
  ask<T extends Type>(name: string, type: T): Promise<Answer<RecordData[T]>> {
    const key = `${type} ${name.toLowerCase()}`;
    const known = this.#asked.get(key);
    if (known !== undefined) return known as Promise<Answer<RecordData[T]>>;
    const answer = Promise.race([this.#over.promise, this.#ask(name, type)]);
    this.#asked.set(key, answer);
    return answer;
  }

  async #ask<T extends Type>(name: string, type: T): Promise<Answer<RecordData[T]>> {
    if (!isAskable(name)) return {kind: 'none', exists: false};
    if (this.#isOver) return {kind: 'unknown', why: tooLate};
    if (this.#asked.size > mostQuestions)
      return {kind: 'unknown', why: `more than ${mostQuestions} questions`};
    try {
      const {exists, records} = await this.#dns.query(name, type);
      if (records.length > mostRecords) return {kind: 'unknown', why: `more than ${mostRecords} records`};
      return records.length > 0 ? {kind: 'found', records} : {kind: 'none', exists};
    } catch (error) {
      const code = codeOf(error);
      // What c-ares takes for no name is none in the DNS.
      if (code === 'EBADNAME') return {kind: 'none', exists: false};
      return {kind: 'unknown', why: `the DNS does not answer: ${code}`};
    }
  }

  /** TXT records, each with its strings joined (RFC 7208 3.3, RFC 6376 3.6.2.2). */
  async txt(name: string): Promise<Answer<Txt>> {
    const answer = await this.ask(name, 'TXT');
    if (answer.kind !== 'found') return answer;
    const records = answer.records.map(strings => ({text: strings.join(''), strings: strings.length}));
    return records.some(({text}) => text.length > longestText)
      ? {kind: 'unknown', why: `a record of more than ${longestText} characters`}
      : {kind: 'found', records};
  }

  /** Both families at once; what is known of one counts though the other is not. */
  async addresses(name: string): Promise<Answer<string>> {
    const [v4, v6] = await Promise.all([this.ask(name, 'A'), this.ask(name, 'AAAA')]);
    const records = [v4, v6].flatMap(each => (each.kind === 'found' ? each.records : []));
    if (records.length > 0) return {kind: 'found', records};
    if (v4.kind === 'unknown') return v4;
    if (v6.kind === 'unknown') return v6;
    return {kind: 'none', exists: [v4, v6].some(each => each.kind === 'none' && each.exists)};
  }
}
