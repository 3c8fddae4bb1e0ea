import {describe, expect, test} from 'vitest';
import {stateOf} from '../../../../shared/delivery/receivers/change-line.ts';
import {handOverMs} from '../../../../shared/delivery/receivers/entry.ts';
import {placementOf} from '../../../../shared/delivery/receivers/placement.ts';
import {treatmentOf} from '../../../../shared/delivery/receivers/treatment.ts';
import {dueS, entryAfter, second, smarthost, startMs} from './entry-under-test.ts';

describe('a receiver is slow', () => {
  test('after two late answers without a success between them', () => {
    expect(stateOf(entryAfter('late opening 10'))).toBe('up');
    expect(stateOf(entryAfter('late opening 10, late opening 10'))).toBe('slow');
    expect(stateOf(entryAfter('late session 10, answer 11, late session 20'))).toBe('up');
  });

  test('and its mail waits outside until it has had a session', () => {
    const unanswered = entryAfter('late opening 10, late opening 10');
    expect(placementOf(unanswered, false)).toEqual({kind: 'outside'});
    expect(dueS(unanswered)).toBe(10 + 25);
    const works = entryAfter('late opening 10, late opening 10, claim 80, answer 130');
    expect(placementOf(works, false)).toMatchObject({kind: 'lanes', queue: 'slow'});
    expect(works!.probe).toBeUndefined();
  });

  test('and its mail goes to the slow queue at once where it answers late', () => {
    const slow = entryAfter('late session 10, late session 10');
    expect(placementOf(slow, false)).toEqual({kind: 'lanes', queue: 'slow', fromMs: startMs + 170 * second});
  });

  test('and the slow queue waits for what the fast one still waits for', () => {
    const slow = entryAfter('late opening 10, late opening 10, late session 15');
    expect(slow!.slow!.fromMs).toBe(startMs + 175 * second);
  });

  test('and down after the first failure there, when it has never answered', () => {
    const entry = entryAfter('late opening 10, late opening 10, claim 80, fail 140');
    expect(stateOf(entry)).toBe('down');
    expect(placementOf(entry, false)).toEqual({kind: 'outside'});
  });

  test('and many of its kind are probed the more seldom', () => {
    const crowd = treatmentOf(false, 600, 5);
    const entry = entryAfter('late opening 10, late opening 10, claim 80, fail 140', crowd);
    expect(dueS(entry)).toBe(140 + (2 * 90 * 600) / 50);
  });

  test('and its mail waits outside once it is down', () => {
    const slow = 'late session 10, late session 10';
    const down = entryAfter(`${slow}, fail 600, fail 600, fail 1200`);
    expect(placementOf(down, false)).toEqual({kind: 'outside'});
    // A probe that hangs after its text is late in a session.
    expect(
      placementOf(entryAfter(`${slow}, fail 600, fail 600, fail 1200, late session 1300`), false),
    ).toEqual({kind: 'outside'});
  });

  test('and works when a session was had with it after all', () => {
    const entry = entryAfter('late opening 10, late opening 10, claim 65, late session 100');
    expect(placementOf(entry, false)).toMatchObject({kind: 'lanes', queue: 'slow'});
  });

  test('until nothing was late for a quarter of an hour; then the fast queue takes over', () => {
    const steps = 'late session 10, late session 10';
    expect(stateOf(entryAfter(`${steps}, answer 900`))).toBe('slow');
    const left = entryAfter(`${steps}, answer 910`);
    expect(stateOf(left)).toBe('up');
    expect(placementOf(left, false)).toEqual({
      kind: 'lanes',
      queue: 'fast',
      fromMs: startMs + 910 * second + handOverMs,
    });
    expect(entryAfter(`${steps}, answer 910, answer 960`)).toEqual(left);
    expect(entryAfter(`${steps}, answer 910, answer 970`)).toBeUndefined();
    // It was a false dawn.
    expect(stateOf(entryAfter(`${steps}, answer 910, late session 920`))).toBe('slow');
  });

  test('and the smarthost stays where it is', () => {
    const slow = entryAfter('late session 10, late opening 10', smarthost);
    expect(stateOf(slow)).toBe('slow');
    expect(placementOf(slow, true)).toEqual({kind: 'lanes', queue: 'fast', fromMs: 0});
    expect(slow!.probe).toBeUndefined();
  });
});
