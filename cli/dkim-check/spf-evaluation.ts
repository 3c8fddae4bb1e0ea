// What receivers make of an SPF record for one address (RFC 7208 4, check_host), with their limits.

import {BlockList, isIPv6} from 'node:net';
import type {Answer, Questions} from './questions.ts';
import {spfOf} from './spf-lookup.ts';
import {expandMacros, type MacroValues, reverseNameOf} from './spf-macro.ts';
import type {Mechanism, Qualifier} from './spf-record.ts';

type SpfResult = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'permerror' | 'temperror';

export interface SpfVerdict {
  readonly result: SpfResult;
  /** The term that decided, or what is wrong. */
  readonly why: string;
}

/** 4.6.4. */
export const [mostLookups, mostVoid] = [10, 2];
const [mostMx, mostPtr] = [10, 10];

const results: Readonly<Record<Qualifier, SpfResult>> = {
  '+': 'pass',
  '-': 'fail',
  '~': 'softfail',
  '?': 'neutral',
};

class Stop extends Error {
  readonly result: 'permerror' | 'temperror';

  constructor(result: 'permerror' | 'temperror', why: string) {
    super(why);
    this.result = result;
  }
}

export async function evaluateSpf(
  domain: string,
  values: MacroValues,
  questions: Questions,
): Promise<SpfVerdict> {
  try {
    return await new Evaluation(values, questions).of(domain);
  } catch (error) {
    if (error instanceof Stop) return {result: error.result, why: error.message};
    throw error;
  }
}

class Evaluation {
  readonly #values: MacroValues;
  readonly #questions: Questions;
  readonly #isV6: boolean;
  #lookups = 0;
  #void = 0;

  constructor(values: MacroValues, questions: Questions) {
    this.#values = values;
    this.#questions = questions;
    this.#isV6 = isIPv6(values.ip);
  }

  async of(domain: string): Promise<SpfVerdict> {
    const found = await spfOf(domain, this.#questions);
    if (found.kind === 'unknown') throw new Stop('temperror', found.why);
    if (found.kind === 'broken') throw new Stop('permerror', found.problem);
    if (found.kind === 'none') {
      if (found.isVoid && this.#lookups > 0) this.#countVoid();
      return {result: 'none', why: `${domain} has no SPF record`};
    }
    const {mechanisms, redirect} = found.record;
    for (const mechanism of mechanisms)
      if (await this.#matches(mechanism, domain))
        return {result: results[mechanism.qualifier], why: `${mechanism.text} of ${domain}`};
    if (redirect === undefined) return {result: 'neutral', why: `nothing of ${domain} is about it`};
    this.#countLookup();
    const target = await this.#expanded(redirect, domain);
    const rest = await this.of(target);
    if (rest.result === 'none') throw new Stop('permerror', `redirect=${target} has no SPF record`);
    return rest;
  }

  async #matches(mechanism: Mechanism, domain: string): Promise<boolean> {
    switch (mechanism.kind) {
      case 'all':
        return true;
      case 'ip4':
      case 'ip6':
        return this.#isIn(mechanism.network, mechanism.bits);
      case 'include': {
        this.#countLookup();
        const target = await this.#expanded(mechanism.domain, domain);
        const {result} = await this.of(target);
        if (result === 'none') throw new Stop('permerror', `include:${target} has no SPF record`);
        return result === 'pass';
      }
      case 'exists': {
        this.#countLookup();
        const name = await this.#expanded(mechanism.domain, domain);
        return this.#counted(await this.#questions.ask(name, 'A')).length > 0;
      }
      case 'a': {
        this.#countLookup();
        return this.#isAt(await this.#expanded(mechanism.domain, domain), mechanism, true);
      }
      case 'mx': {
        this.#countLookup();
        const name = await this.#expanded(mechanism.domain, domain);
        const hosts = this.#counted(await this.#questions.ask(name, 'MX'));
        if (hosts.length > mostMx) throw new Stop('permerror', `${name} has more than ${mostMx} MX hosts`);
        for (const {exchange} of hosts.toSorted((a, b) => a.priority - b.priority))
          if (exchange !== '' && (await this.#isAt(exchange, mechanism, false))) return true;
        return false;
      }
      case 'ptr': {
        this.#countLookup();
        const target = (await this.#expanded(mechanism.domain, domain)).toLowerCase();
        const names = await this.#validatedNames(true);
        return names.some(name => name === target || name.endsWith(`.${target}`));
      }
    }
  }

  async #isAt(
    host: string,
    {bits4, bits6}: {bits4: number; bits6: number},
    counts: boolean,
  ): Promise<boolean> {
    const answer = await this.#questions.ask(host, this.#isV6 ? 'AAAA' : 'A');
    const addresses = counts ? this.#counted(answer) : recordsOf(answer);
    return addresses.some(address => this.#isIn(address, this.#isV6 ? bits6 : bits4));
  }

  #isIn(network: string, bits: number): boolean {
    const family = this.#isV6 ? 'ipv6' : 'ipv4';
    if (isIPv6(network) !== this.#isV6) return false;
    const list = new BlockList();
    list.addSubnet(network, bits, family);
    return list.check(this.#values.ip, family);
  }

  async #expanded(text: string | undefined, domain: string): Promise<string> {
    if (text === undefined) return domain;
    const needsName = /%\{p/i.test(text);
    const names = needsName ? await this.#validatedNames(false) : [];
    const below = names.find(name => name === domain || name.endsWith(`.${domain}`));
    const name = expandMacros(text, domain, this.#values, below ?? names[0] ?? 'unknown').replace(/\.$/, '');
    // 7.3: what is too long loses labels on its left.
    let cut = name;
    while (cut.length > 253 && cut.includes('.')) cut = cut.slice(cut.indexOf('.') + 1);
    return cut;
  }

  /** 5.5. What the DNS does not answer is no match. */
  async #validatedNames(counts: boolean): Promise<readonly string[]> {
    const answer = await this.#questions.ask(reverseNameOf(this.#values.ip), 'PTR');
    if (answer.kind === 'unknown') return [];
    const names = (counts ? this.#counted(answer) : recordsOf(answer)).slice(0, mostPtr);
    const validated: string[] = [];
    for (const name of names.map(each => each.toLowerCase())) {
      const addresses = await this.#questions.ask(name, this.#isV6 ? 'AAAA' : 'A');
      const bits = this.#isV6 ? 128 : 32;
      if (addresses.kind === 'found' && addresses.records.some(each => this.#isIn(each, bits)))
        validated.push(name);
    }
    return validated;
  }

  #counted<T>(answer: Answer<T>): readonly T[] {
    if (answer.kind === 'none') this.#countVoid();
    return recordsOf(answer);
  }

  #countLookup(): void {
    this.#lookups += 1;
    if (this.#lookups > mostLookups) throw new Stop('permerror', `it needs more than ${mostLookups} lookups`);
  }

  #countVoid(): void {
    this.#void += 1;
    if (this.#void > mostVoid) throw new Stop('permerror', `more than ${mostVoid} lookups find nothing`);
  }
}

function recordsOf<T>(answer: Answer<T>): readonly T[] {
  if (answer.kind === 'unknown') throw new Stop('temperror', answer.why);
  return answer.kind === 'found' ? answer.records : [];
}
