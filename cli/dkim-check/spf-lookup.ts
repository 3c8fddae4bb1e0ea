// The SPF record of a domain, as the DNS has it.

import type {Questions} from './questions.ts';
import {isAlmostSpf, isSpf, parseSpf, type SpfRecord} from './spf-record.ts';

export type SpfLookup =
  | {readonly kind: 'found'; readonly record: SpfRecord}
  | {readonly kind: 'none'; readonly isVoid: boolean; readonly almost: string | undefined}
  | {readonly kind: 'unknown'; readonly why: string}
  | {readonly kind: 'broken'; readonly problem: string; readonly texts: readonly string[]};

export async function spfOf(domain: string, questions: Questions): Promise<SpfLookup> {
  const answer = await questions.txt(domain);
  if (answer.kind === 'unknown') return answer;
  if (answer.kind === 'none') return {kind: 'none', isVoid: true, almost: undefined};
  const records = answer.records.filter(({text}) => isSpf(text));
  const [first, ...others] = records;
  if (first === undefined) {
    const almost = answer.records.find(({text}) => isAlmostSpf(text))?.text;
    return {kind: 'none', isVoid: false, almost};
  }
  if (others.length > 0)
    return {
      kind: 'broken',
      problem: `there are ${records.length} SPF records, where one is allowed`,
      texts: records.map(({text}) => text),
    };
  const parsed = parseSpf(first.text);
  if (parsed.ok) return {kind: 'found', record: parsed.value};
  const split = first.strings > 1 ? ' (its strings are joined without a blank between them)' : '';
  return {kind: 'broken', problem: `the record ${parsed.problem}${split}`, texts: [first.text]};
}
