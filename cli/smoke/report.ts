// A run as text for people, and as JSON.

import {countOf} from '../terminal/printable.ts';
import type {Finding} from './belief.ts';
import type {Outcome} from './run-smoke.ts';

const widest = 'not tried'.length;

export function findingLines({belief, verdict, seen}: Finding): readonly string[] {
  const indent = ' '.repeat(widest + 2);
  return [`${verdict.padEnd(widest)}  ${belief.id}: ${belief.says}`, `${indent}${seen}`];
}

export function summaryLines({findings, failures, left}: Outcome): readonly string[] {
  const count = (verdict: string) => findings.filter(finding => finding.verdict === verdict).length;
  return [
    ...failures.map(failure => `a step failed: ${failure}`),
    ...left.map(what => `left behind: ${what}`),
    `${countOf(count('holds'), 'belief')} of ${findings.length} hold, ${count('differs')} differ, ${count('not tried')} not tried`,
  ];
}

export const documentOf = (stage: string, {findings, failures, left}: Outcome) => ({
  version: 1,
  stage,
  findings: findings.map(({belief: {id, says, quotes = []}, verdict, seen}) => ({
    id,
    says,
    verdict,
    seen,
    quotes,
  })),
  failures,
  left,
});
