import {describe, expect, test} from 'vitest';
import {stateOf} from '../../../../shared/delivery/receivers/change-line.ts';
import {
  answered,
  claimed,
  type Entry,
  failed,
  handOverMs,
  late,
  paced,
} from '../../../../shared/delivery/receivers/entry.ts';
import {lookAgainMs, placementOf} from '../../../../shared/delivery/receivers/placement.ts';
import {treatmentOf} from '../../../../shared/delivery/receivers/treatment.ts';

const second = 1_000;
const startMs = 1_900_000_000_000;
const domain = treatmentOf(false, 0, 5);
const smarthost = treatmentOf(true, 0, 5);

type Step =
  | readonly ['fail' | 'late opening' | 'late session' | 'answer' | 'claim', number]
  | readonly ['fail', number, {readonly successS?: number; readonly sender?: string}];

/** The entry after events at so many seconds. */
function entryAfter(steps: readonly Step[], treatment = domain): Entry | undefined {
  let entry: Entry | undefined;
  for (const [kind, atS, options] of steps) {
    const {successS, sender} = options ?? {};
    const successMs = successS === undefined ? undefined : startMs + successS * second;
    const event = {nowMs: startMs + atS * second, successMs, treatment};
    if (kind === 'fail') entry = failed('example.org', entry, {...event, reason: 'connect', sender});
    else if (kind === 'answer') entry = answered(entry, event);
    else if (kind === 'claim') entry = (entry && claimed(entry, event)) ?? entry;
    else {
      const where = kind === 'late opening' ? 'opening' : 'session';
      entry = late('example.org', entry, {...event, where, reason: 'late'});
    }
  }
  return entry;
}

const dueS = (entry: Entry | undefined) => (entry!.probe!.dueMs - startMs) / second;

describe('a receiver is down', () => {
  test('after three failures without a success between them', () => {
    expect(
      stateOf(
        entryAfter([
          ['fail', 0],
          ['fail', 1],
        ]),
      ),
    ).toBe('up');
    expect(
      stateOf(
        entryAfter([
          ['fail', 0],
          ['fail', 1],
          ['fail', 2],
        ]),
      ),
    ).toBe('down');
    expect(
      stateOf(
        entryAfter([
          ['fail', 0],
          ['fail', 1],
          ['answer', 1],
          ['fail', 2],
        ]),
      ),
    ).toBe('up');
    // A success that this environment saw, and no other one knows of.
    expect(
      stateOf(
        entryAfter([
          ['fail', 0],
          ['fail', 1],
          ['fail', 3, {successS: 2}],
        ]),
      ),
    ).toBe('up');
  });

  test.each([
    ['a domain', domain, [10, 20, 40, 80, 160, 300, 300]],
    ['the smarthost', smarthost, [5, 8, 8, 8]],
  ])('and is probed after ever longer times: %s', (_, treatment, backOffs) => {
    const steps: Step[] = [
      ['fail', 0],
      ['fail', 0],
      ['fail', 0],
    ];
    for (const backOff of backOffs) {
      const entry = entryAfter(steps, treatment);
      const lastS = steps.at(-1)![1];
      expect(dueS(entry)).toBe(lastS + backOff);
      steps.push(['claim', dueS(entry)], ['fail', dueS(entry)]);
    }
  });

  test('and is not made worse by what was on its way when it began', () => {
    const down = entryAfter([
      ['fail', 0],
      ['fail', 0],
      ['fail', 0],
    ]);
    expect(
      entryAfter([
        ['fail', 0],
        ['fail', 0],
        ['fail', 0],
        ['fail', 5],
      ]),
    ).toEqual(down);
  });

  test('where three senders are put off at MAIL, and not where one is', () => {
    const put = (...senders: string[]) =>
      entryAfter(senders.map((sender, n) => ['fail', n, {sender}] as const));
    expect(stateOf(put('a', 'a', 'a', 'a'))).toBe('up');
    expect(stateOf(put('a', 'b', 'a', 'b'))).toBe('up');
    expect(stateOf(put('a', 'b', 'a', 'c'))).toBe('down');
  });

  test('until it answers', () => {
    expect(
      entryAfter([
        ['fail', 0],
        ['fail', 0],
        ['fail', 0],
        ['claim', 10],
        ['answer', 10],
      ]),
    ).toBeUndefined();
  });
});

describe('a probe', () => {
  const down: readonly Step[] = [
    ['fail', 0],
    ['fail', 0],
    ['fail', 0],
  ];
  const claimedAt = (entry: Entry | undefined, atS: number) =>
    claimed(entry!, {nowMs: startMs + atS * second, treatment: domain}) !== undefined;

  test('is claimed by one, when it is due', () => {
    expect(claimedAt(entryAfter(down), 9)).toBe(false);
    expect(claimedAt(entryAfter(down), 10)).toBe(true);
    expect(claimedAt(entryAfter([...down, ['claim', 10]]), 11)).toBe(false);
  });

  test('is claimed anew when nothing was heard of it', () => {
    expect(claimedAt(entryAfter([...down, ['claim', 10]]), 70)).toBe(true);
  });

  test('is looked for again by those who wait', () => {
    const lookS = (entry: Entry | undefined, atS: number) =>
      (lookAgainMs(entry!, startMs + atS * second) - startMs) / second;
    expect(lookS(entryAfter(down), 3)).toBe(10);
    expect(lookS(entryAfter([...down, ['claim', 10]]), 12)).toBe(17);
    // Nobody has it: soon.
    expect(lookS(entryAfter(down), 12)).toBe(13);
  });
});

describe('a receiver is slow', () => {
  test('after two late answers without a success between them', () => {
    expect(stateOf(entryAfter([['late opening', 10]]))).toBe('up');
    expect(
      stateOf(
        entryAfter([
          ['late opening', 10],
          ['late opening', 10],
        ]),
      ),
    ).toBe('slow');
    expect(
      stateOf(
        entryAfter([
          ['late session', 10],
          ['answer', 11],
          ['late session', 20],
        ]),
      ),
    ).toBe('up');
  });

  test('and its mail waits outside until it has had a session', () => {
    const unanswered = entryAfter([
      ['late opening', 10],
      ['late opening', 10],
    ]);
    expect(placementOf(unanswered, false)).toEqual({kind: 'outside'});
    expect(dueS(unanswered)).toBe(10 + handOverMs / second);
    const works = entryAfter([
      ['late opening', 10],
      ['late opening', 10],
      ['claim', 80],
      ['answer', 130],
    ]);
    expect(placementOf(works, false)).toMatchObject({kind: 'lanes', queue: 'slow'});
    expect(works!.probe).toBeUndefined();
  });

  test('and its mail goes to the slow queue at once where it answers late', () => {
    const slow = entryAfter([
      ['late session', 10],
      ['late session', 10],
    ]);
    expect(placementOf(slow, false)).toEqual({kind: 'lanes', queue: 'slow', fromMs: startMs + 170 * second});
  });

  test('and the slow queue waits for what the fast one still waits for', () => {
    const slow = entryAfter([
      ['late opening', 10],
      ['late opening', 10],
      ['late session', 15],
    ]);
    expect(slow!.slow!.fromMs).toBe(startMs + 175 * second);
  });

  test('and down after the first failure there, when it has never answered', () => {
    const entry = entryAfter([
      ['late opening', 10],
      ['late opening', 10],
      ['claim', 80],
      ['fail', 140],
    ]);
    expect(stateOf(entry)).toBe('down');
    expect(placementOf(entry, false)).toEqual({kind: 'outside'});
  });

  test('and many of its kind are probed the more seldom', () => {
    const crowd = treatmentOf(false, 600, 5);
    const entry = entryAfter(
      [
        ['late opening', 10],
        ['late opening', 10],
        ['claim', 80],
        ['fail', 140],
      ],
      crowd,
    );
    expect(dueS(entry)).toBe(140 + (2 * 90 * 600) / 50);
  });

  test('and its mail waits outside once it is down', () => {
    const slow: readonly Step[] = [
      ['late session', 10],
      ['late session', 10],
    ];
    const down = entryAfter([...slow, ['fail', 600], ['fail', 600], ['fail', 1200]]);
    expect(placementOf(down, false)).toEqual({kind: 'outside'});
    // A probe that hangs after its text is late in a session.
    expect(
      placementOf(
        entryAfter([...slow, ['fail', 600], ['fail', 600], ['fail', 1200], ['late session', 1300]]),
        false,
      ),
    ).toEqual({kind: 'outside'});
  });

  test('and works when a session was had with it after all', () => {
    const entry = entryAfter([
      ['late opening', 10],
      ['late opening', 10],
      ['claim', 65],
      ['late session', 100],
    ]);
    expect(placementOf(entry, false)).toMatchObject({kind: 'lanes', queue: 'slow'});
  });

  test('until nothing was late for a quarter of an hour; then the fast queue takes over', () => {
    const steps: readonly Step[] = [
      ['late session', 10],
      ['late session', 10],
    ];
    expect(stateOf(entryAfter([...steps, ['answer', 900]]))).toBe('slow');
    const left = entryAfter([...steps, ['answer', 910]]);
    expect(stateOf(left)).toBe('up');
    expect(placementOf(left, false)).toEqual({
      kind: 'lanes',
      queue: 'fast',
      fromMs: startMs + 910 * second + handOverMs,
    });
    expect(entryAfter([...steps, ['answer', 910], ['answer', 960]])).toEqual(left);
    expect(entryAfter([...steps, ['answer', 910], ['answer', 970]])).toBeUndefined();
    // It was a false dawn.
    expect(stateOf(entryAfter([...steps, ['answer', 910], ['late session', 920]]))).toBe('slow');
  });

  test('and the smarthost stays where it is', () => {
    const slow = entryAfter(
      [
        ['late session', 10],
        ['late opening', 10],
      ],
      smarthost,
    );
    expect(stateOf(slow)).toBe('slow');
    expect(placementOf(slow, true)).toEqual({kind: 'lanes', queue: 'fast', fromMs: 0});
    expect(slow!.probe).toBeUndefined();
  });
});

describe('the pace of a receiver', () => {
  const event = (atS: number, ageS: number, perMinute = 60) => ({
    nowMs: startMs + atS * second,
    perMinute,
    ageMs: ageS * second,
    agedMs: 120 * second,
  });

  test('is noted while its mail is old, every ten seconds', () => {
    expect(paced('example.org', undefined, event(0, 60))).toBeUndefined();
    const entry = paced('example.org', undefined, event(0, 130))!;
    expect(entry.pace).toEqual({perMinute: 60, ageMs: 130_000, atMs: startMs});
    expect(paced('example.org', entry, event(5, 140, 20))).toBe(entry);
    expect(paced('example.org', entry, event(10, 140, 20))!.pace!.perMinute).toBe(40);
  });

  test('is forgotten when its mail is fresh again', () => {
    const entry = paced('example.org', undefined, event(0, 130))!;
    expect(paced('example.org', entry, event(20, 90))).toBe(entry);
    expect(paced('example.org', entry, event(20, 30))).toBeUndefined();
  });

  test('leaves a receiver up', () => {
    expect(stateOf(paced('example.org', undefined, event(0, 130)))).toBe('up');
  });
});
