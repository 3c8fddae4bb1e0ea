// The order in which outcomes are written down and told, and what a failure of one step means for the next.

import {describe, expect, test} from 'vitest';
import {type OutcomeListener, OutcomeWriter} from '../../../functions/outcome/outcome-writer.ts';
import type {Sqs} from '../../../functions/runtime/sqs.ts';
import type {Outcome} from '../../../shared/delivery/outcome.ts';
import {accepted, deferred} from '../../samples/outcomes.ts';

function writerOf(listeners: readonly OutcomeListener[], steps: string[], refusal?: string) {
  const sendAll = async (_: string, rounds: readonly object[]) => {
    steps.push(`waiting ${rounds.length}`);
    return new Map(refusal === undefined ? [] : rounds.map(round => [round, refusal]));
  };
  return new OutcomeWriter({
    sqs: {sendAll} as unknown as Sqs,
    urls: {waiting: '', waitingSoon: '', fast: '', slow: ''},
    listeners,
  });
}
/** Notes what it is told, and fails to tell some of it. */
const listenerOf = (name: string, steps: string[], untold: readonly Outcome[] = []): OutcomeListener => ({
  publish: async outcomes => {
    steps.push(`${name}: ${outcomes.map(({fate}) => fate).join(' ')}`);
    return new Map(untold.map(outcome => [outcome, `${name} failed`]));
  },
});

describe('outcomes', () => {
  test('are told when the next round is sure, to one listener after the other', async () => {
    const steps: string[] = [];
    const writer = writerOf([listenerOf('a', steps), listenerOf('b', steps)], steps);
    expect(await writer.write([accepted, deferred])).toEqual(new Map());
    expect(steps).toEqual(['waiting 1', 'a: accepted deferred', 'b: accepted deferred']);
  });

  test('whose next round is not sure are told to nobody', async () => {
    const steps: string[] = [];
    const writer = writerOf([listenerOf('a', steps)], steps, 'no');
    expect(await writer.write([accepted, deferred])).toEqual(new Map([[deferred, 'no']]));
    expect(steps).toEqual(['waiting 1', 'a: accepted']);
  });

  test('that one listener cannot tell are not told to those behind it', async () => {
    const steps: string[] = [];
    const writer = writerOf([listenerOf('a', steps, [accepted]), listenerOf('b', steps)], steps);
    expect(await writer.write([accepted, deferred])).toEqual(new Map([[accepted, 'a failed']]));
    expect(steps.at(-1)).toBe('b: deferred');
  });

  test('are known to all listeners at once, before anything is written', () => {
    const known: string[] = [];
    const noting: OutcomeListener = {known: ({fate}) => known.push(fate)};
    writerOf([noting, listenerOf('a', []), noting], []).known(accepted);
    expect(known).toEqual(['accepted', 'accepted']);
  });
});
