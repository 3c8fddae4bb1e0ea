// A resolver that notes what it is asked and what it answers: what the code that delivers asks is what is shown.

import type {Dns, DnsAnswer, RecordData} from '../../functions/deliver/next-hop/dns.ts';
import {codeOf} from '../../functions/deliver/next-hop/lookup.ts';

type Type = keyof RecordData;

export interface Question {
  readonly name: string;
  readonly type: Type;
  /** Undefined while there is none. */
  answer?: DnsAnswer<unknown>;
  /** Why there is none. */
  code?: string;
}

export class ObservedDns implements Dns {
  readonly #dns: Dns;
  readonly #questions: Question[] = [];

  constructor(dns: Dns) {
    this.#dns = dns;
  }

  async query<T extends Type>(name: string, type: T): Promise<DnsAnswer<RecordData[T]>> {
    const question: Question = {name, type};
    this.#questions.push(question);
    try {
      const answer = await this.#dns.query(name, type);
      question.answer = answer;
      return answer;
    } catch (error) {
      question.code = codeOf(error);
      throw error;
    }
  }

  cancel(): void {
    this.#dns.cancel();
  }

  answerTo<T extends Type>(name: string, type: T): DnsAnswer<RecordData[T]> | undefined {
    const question = this.#questions.find(each => each.name === name && each.type === type);
    return question?.answer as DnsAnswer<RecordData[T]> | undefined;
  }

  get unanswered(): readonly Question[] {
    return this.#questions.filter(({answer}) => answer === undefined);
  }
}
