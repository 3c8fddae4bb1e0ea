// The addresses and domains that are named on a command line.

import {parseSubject} from '../../shared/delivery/suppression/subject.ts';
import {UsageError} from '../command/problems.ts';

/** Each of them once. @throws UsageError that tells all that is wrong */
export function keysIn(texts: readonly string[]): readonly string[] {
  const parsed = texts.map(text => ({text, subject: parseSubject(text)}));
  const problems = parsed.flatMap(({text, subject}) =>
    subject.ok ? [] : [`${JSON.stringify(text.slice(0, 400))} ${subject.problem}`],
  );
  if (problems.length > 0) throw new UsageError(problems.join('; '), problems);
  return [...new Set(parsed.flatMap(({subject}) => (subject.ok ? [subject.value] : [])))];
}
