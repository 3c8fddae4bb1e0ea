import {beforeEach, describe, expect, test} from 'vitest';
import {resolveDestination} from '../../../../shared/delivery/destination.ts';
import {type Candidate, type Gate, openGates, type Stop} from '../../../../shared/delivery/gate.ts';
import {message, now, settings} from '../../../samples/messages.ts';

const stage = settings();
const clock = {now};
beforeEach(() => {
  clock.now = now;
});
const batch = (candidates: readonly Candidate[]) => ({candidates, settings: stage, now: () => clock.now});
const candidate = (name: string): Candidate => {
  const mail = message({name});
  return {message: mail, destination: resolveDestination(mail, stage)};
};
const nameOf = ({message: {properties}}: Candidate) => properties.name as string;
const hold = (cause: string): Stop => ({kind: 'hold', untilMs: now, cause});

/** Stops the messages of these names from a time on; notes which messages it was opened for. */
const gateOf = (cause: string, names: readonly string[], fromMs = now): Gate & {openedFor: string[]} => {
  const openedFor: string[] = [];
  const gate: Gate = async ({candidates}) => {
    openedFor.push(...candidates.map(nameOf));
    return (each, nowMs) => (names.includes(nameOf(each)) && nowMs >= fromMs ? hold(cause) : undefined);
  };
  return Object.assign(gate, {openedFor});
};

describe('gates', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(candidate) as [Candidate, Candidate, Candidate];

  test('let a message pass when none of them stops it', async () => {
    const decide = await openGates([gateOf('first', []), gateOf('second', ['b'])], batch([a, b]));
    expect([decide(a, now), decide(b, now)]).toEqual([undefined, hold('second')]);
  });

  test('stop a message for the reason of the first that stops it', async () => {
    const decide = await openGates([gateOf('first', ['a']), gateOf('second', ['a'])], batch([a]));
    expect(decide(a, now)).toEqual(hold('first'));
  });

  test('are asked only of messages that those before them let pass', async () => {
    const gates = [gateOf('first', ['a']), gateOf('second', ['b']), gateOf('third', [])];
    await openGates(gates, batch([a, b, c]));
    expect(gates.map(({openedFor}) => openedFor)).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']]);
  });

  test('are asked again at a message’s turn', async () => {
    const decide = await openGates([gateOf('late', ['a'], now + 1000)], batch([a]));
    expect([decide(a, now + 999), decide(a, now + 1000)]).toEqual([undefined, hold('late')]);
  });
});
