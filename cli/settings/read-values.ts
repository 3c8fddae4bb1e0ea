// Values that are no arguments: typed, unseen where they may be secret, or read from stdin.

import {maybeSecret} from '../../shared/settings/settings-list.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import type {Assignment} from './assignments.ts';

interface Valued {
  readonly name: string;
  readonly value: string;
}

/** @throws UsageError where a value is wanted and nobody gives one */
export async function withValues(
  assignments: readonly Assignment[],
  context: Context,
): Promise<readonly Valued[]> {
  const wanted = assignments.filter(({value}) => value === undefined);
  if (wanted.length > 1 && !context.terminal.isTyped)
    throw new UsageError(`stdin is one value, and ${wanted.map(({name}) => name).join(', ')} want one each`);
  const valued: Valued[] = [];
  for (const {name, value} of assignments)
    valued.push({name, value: value ?? (await valueFor(name, context))});
  return valued;
}

async function valueFor(name: string, {terminal, input, signal}: Context): Promise<string> {
  if (!terminal.isTyped) {
    // The line end is the shell's.
    const text = (await terminal.readAll(signal)).replace(/\r?\n$/, '');
    if (text === '') throw new UsageError(`${name}: nothing came on stdin`);
    return text;
  }
  if (!input || !terminal.canAsk)
    throw new UsageError(`${name} wants a value: give it on stdin, relayq set ${name} - < FILE`);
  const answer = maybeSecret(name)
    ? await terminal.askUnseen(`${name} (it is not shown): `, signal)
    : await terminal.ask(`${name}: `);
  if (answer === undefined || answer === '') throw new UsageError(`${name}: nothing was entered`);
  return answer;
}
