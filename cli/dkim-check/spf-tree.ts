// All that the SPF record of a domain leads to, whoever sends: the lookups that receivers count (RFC 7208 4.6.4), in the worst
// case, where nothing matches before the end.

import {printable, shortened} from '../terminal/printable.ts';
import type {Questions} from './questions.ts';
import {spfOf} from './spf-lookup.ts';
import {expandMacros, isFixed} from './spf-macro.ts';
import type {Mechanism} from './spf-record.ts';

export interface SpfNode {
  /** The term that leads here; the domain at the top. */
  readonly term: string;
  /** The record there, where it is one of SPF. */
  readonly record?: string;
  readonly problem?: string;
  /** Lookups, those below included. */
  readonly lookups: number;
  readonly voids: readonly string[];
  /** Whether only an actual sender tells what is looked up. */
  readonly isOpen?: boolean;
  readonly children: readonly SpfNode[];
}

/** What is beyond this is refused by every receiver long before. */
const mostNodes = 40;

export class SpfTree {
  readonly #questions: Questions;
  #nodes = 0;

  constructor(questions: Questions) {
    this.#questions = questions;
  }

  async of(domain: string, term = domain, above: readonly string[] = []): Promise<SpfNode> {
    const found = await spfOf(domain, this.#questions);
    const isTop = above.length === 0;
    const own = isTop ? 0 : 1;
    const leaf = (problem: string, voids: readonly string[] = []): SpfNode => {
      return {term, problem, lookups: own, voids, children: []};
    };
    if (above.includes(domain)) return leaf('leads back to itself');
    if (found.kind === 'unknown') return leaf(found.why);
    if (found.kind === 'broken') return leaf(found.problem);
    if (found.kind === 'none')
      return leaf(`${domain} has no SPF record`, found.isVoid && !isTop ? [`${domain} TXT`] : []);
    const {text, mechanisms, redirect} = found.record;
    const children: SpfNode[] = [];
    const path = [...above, domain];
    for (const mechanism of mechanisms) {
      const child = await this.#child(mechanism, domain, path);
      if (child !== undefined) children.push(child);
    }
    if (redirect !== undefined) children.push(await this.#record(redirect, `redirect=${redirect}`, path));
    return {
      term,
      record: text,
      lookups: children.reduce((sum, {lookups}) => sum + lookups, own),
      voids: children.flatMap(({voids}) => voids),
      children,
    };
  }

  async #child(mechanism: Mechanism, domain: string, path: readonly string[]): Promise<SpfNode | undefined> {
    const {kind, text: term} = mechanism;
    if (!('domain' in mechanism)) return undefined;
    if (mechanism.kind === 'include') return this.#record(mechanism.domain, term, path);
    const node = {term, lookups: 1, voids: [], children: []};
    this.#nodes += 1;
    const name = mechanism.domain ?? domain;
    if (kind === 'ptr' || kind === 'exists' || !isFixed(name)) return {...node, isOpen: true};
    if (this.#nodes > mostNodes) return node;
    const target = fixed(name, domain);
    if (kind === 'a') {
      const answer = await this.#questions.addresses(target);
      return {
        ...node,
        ...(answer.kind === 'none' && {voids: [`${target} A`]}),
        ...(answer.kind === 'unknown' && {problem: answer.why}),
      };
    }
    const answer = await this.#questions.ask(target, 'MX');
    return {
      ...node,
      ...(answer.kind === 'none' && {voids: [`${target} MX`]}),
      ...(answer.kind === 'unknown' && {problem: answer.why}),
      ...(answer.kind === 'found' && answer.records.length > 10 && {problem: 'has more than 10 MX hosts'}),
    };
  }

  async #record(name: string, term: string, path: readonly string[]): Promise<SpfNode> {
    this.#nodes += 1;
    const node = {term, lookups: 1, voids: [], children: []};
    if (!isFixed(name)) return {...node, isOpen: true};
    if (this.#nodes > mostNodes)
      return {...node, problem: `is not followed: more than ${mostNodes} are too many`};
    return this.of(fixed(name, path.at(-1)!), term, path);
  }
}

const fixed = (name: string, domain: string): string =>
  expandMacros(name, domain, {sender: `x@${domain}`, ip: '', helo: ''}, '')
    .replace(/\.$/, '')
    .toLowerCase();

/** Each term with its domain, the deepest last. */
export function problemsOf(node: SpfNode): readonly SpfNode[] {
  return [...(node.problem === undefined ? [] : [node]), ...node.children.flatMap(problemsOf)];
}

const longestRecord = 100;
const mostLines = 60;

/** The terms that are looked up, each with what it needs. */
export function drawingOf(node: SpfNode): readonly string[] {
  const lines = linesOf(node, 0);
  return lines.length <= mostLines
    ? lines
    : [...lines.slice(0, mostLines), `… and ${lines.length - mostLines} more`];
}

function linesOf(node: SpfNode, depth: number): readonly string[] {
  const {term, record, problem, lookups, isOpen, children} = node;
  const said = problem ?? record ?? (isOpen ? 'depends on who sends' : '');
  const count = depth === 0 ? '' : `${lookups} `;
  const line = `${'  '.repeat(depth)}${count}${term}${said === '' ? '' : `  ${said}`}`;
  return [
    shortened(printable(line), longestRecord + 2 * depth + term.length),
    ...children.flatMap(child => linesOf(child, depth + 1)),
  ];
}
