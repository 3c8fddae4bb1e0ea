// The order in which outcomes are written down and told, and what a failure of one step means for the next.

import {describe, expect, test} from 'vitest';
import {type OutcomeListener, OutcomeWriter} from '../../../functions/outcome/outcome-writer.ts';
import type {Sqs} from '../../../functions/runtime/sqs.ts';
import type {Outcome} from '../../../shared/delivery/outcome.ts';
import {now} from '../../samples/messages.ts';
import {accepted, deferred} from '../../samples/outcomes.ts';

function writerOf(listeners: readonly OutcomeListener[], steps: string[], refusal?: string) {
  const sendAll = async (url: string, rounds: readonly object[]) => {
    steps.push(`${url} ${rounds.length}`);
    return new Map(refusal === undefined ? [] : rounds.map(round => [round, refusal]));
  };
  return new OutcomeWriter({
    sqs: {sendAll} as unknown as Sqs,
    urls: {waiting: 'waiting', waitingSoon: 'soon', held: 'held', fast: 'fast', slow: 'slow'},
    keeper: {expect: async times => void steps.push(`expected ${times.join(' ')}`)},
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

const dueIn = (ms: number): Outcome => ({...deferred, nextMs: now + ms}) as Outcome;
const moved = {...deferred, fate: 'moved', queue: 'slow'} as Outcome;
const heldUntil = (heldUntilMs: number) =>
  ({...deferred, fate: 'held', stop: {kind: 'hold', untilMs: heldUntilMs, heldUntilMs}}) as Outcome;

describe('outcomes', () => {
  test('have their next rounds in the queues where these belong, a request for each', async () => {
    const steps: string[] = [];
    const outcomes = [accepted, dueIn(59_000), dueIn(60_000), dueIn(7_200_000), moved, dueIn(0)];
    expect(await writerOf([], steps).write(outcomes)).toEqual(new Map());
    expect(steps).toEqual(['soon 2', 'waiting 2', 'slow 1']);
  });

  test('that are held wait in a queue of their own, and its keeper knows before that by when', async () => {
    const steps: string[] = [];
    await writerOf([], steps).write([heldUntil(7), dueIn(0), heldUntil(9)]);
    expect(steps).toEqual(['expected 7 9', 'held 2', 'soon 1']);
  });

  test('are told when the next round is sure, to one listener after the other', async () => {
    const steps: string[] = [];
    const writer = writerOf([listenerOf('a', steps), listenerOf('b', steps)], steps);
    expect(await writer.write([accepted, deferred])).toEqual(new Map());
    expect(steps).toEqual(['soon 1', 'a: accepted deferred', 'b: accepted deferred']);
  });

  test('whose next round is not sure are told to nobody', async () => {
    const steps: string[] = [];
    const writer = writerOf([listenerOf('a', steps)], steps, 'no');
    expect(await writer.write([accepted, deferred])).toEqual(new Map([[deferred, 'no']]));
    expect(steps).toEqual(['soon 1', 'a: accepted']);
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
