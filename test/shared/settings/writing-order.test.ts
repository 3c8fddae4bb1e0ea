// Whoever reads between two writes, or after the last one of a command that died: mail goes where it went, or where it is
// to go, or waits.

import {isDeepStrictEqual} from 'node:util';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parseSettings, type Reading} from '../../../shared/settings/settings.ts';
import {
  appliedTo,
  brokenOffIn,
  type Changes,
  type Values,
  withPortsPutBack,
  writingOrder,
} from '../../../shared/settings/writing-order.ts';

type Texts = Readonly<Record<string, string>>;

const settleMs = 60_000;
const [hosts, ports] = [
  ['a', 'b', 'c'],
  ['25', '587'],
];

const port = (name: string) =>
  fc.oneof(
    fc.constant({}),
    fc.constantFrom(...ports).map(text => ({[name]: text})),
  );

/** A server in any way in which parameters can say it. */
function server(prefix: string, hostName: string, urlNames: readonly string[]) {
  const host = fc.constantFrom(...hosts);
  const open = fc.tuple(host, port(`${prefix}-port`)).map(([name, more]) => ({[hostName]: name, ...more}));
  const apart = fc.tuple(open, host).map(([texts, name]) => ({
    ...texts,
    [`${prefix}-username`]: name,
    [`${prefix}-password`]: `${name}-hunter2`,
  }));
  const url = fc
    .tuple(host, fc.constantFrom(...urlNames), fc.boolean(), port(`${prefix}-port`))
    .map(([name, urlName, isOpen, more]) => ({
      [urlName]: `smtp://${isOpen ? '' : `${name}:${name}-hunter2@`}${name}:587`,
      ...more,
    }));
  const shadowed = fc.tuple(apart, url).map(([texts, more]) => ({...texts, ...more}));
  return fc.oneof(fc.constant({}), open, apart, url, shadowed);
}

const maybe = (texts: Texts) => fc.constantFrom<Texts>({}, texts);

const states: fc.Arbitrary<Values> = fc
  .tuple(
    server('smarthost', 'smarthost', ['smarthost', 'smarthost-url']),
    fc.oneof(maybe({'smarthost-security': 'verified'}), maybe({'smarthost-security': 'required'})),
    fc.oneof({weight: 2, arbitrary: fc.constant({})}, server('smtp-sink', 'smtp-sink-ip', ['smtp-sink'])),
    port('mx-port'),
    fc.constantFrom<Texts>({}, {'mx-name-servers': '192.0.2.1'}, {'mx-resolver': 'dns.example'}),
    maybe({'mx-mta-sts': 'ignored'}),
    maybe({'max-attempts': '3'}),
  )
  .map(parts => new Map(parts.flatMap(part => Object.entries(part as Texts))))
  .filter(values => parseSettings(parametersOf(values)).problems.length === 0);

const parametersOf = (values: Values, modifiedMs?: number) =>
  [...values].map(([name, value]) => ({name, value, ...(modifiedMs !== undefined && {modifiedMs})}));

function changesBetween(before: Values, after: Values): Changes {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return new Map(
    names.filter(name => before.get(name) !== after.get(name)).map(name => [name, after.get(name)]),
  );
}

/** Where mail without a smarthost of its own goes; undefined when it waits. */
function hopOf({settings: {sink, smarthost, mx, unknown}}: Reading): unknown {
  if (unknown.has('sink')) return undefined;
  if (sink !== undefined) return {sink};
  if (unknown.has('smarthost')) return undefined;
  if (smarthost !== undefined) return {smarthost};
  return unknown.has('mx') ? undefined : {mx};
}

/** What is there after each write. */
function statesOf(before: Values, changes: Changes): readonly Values[] {
  const seen = [before];
  for (const {name, value} of writingOrder(before, changes))
    seen.push(appliedTo(seen.at(-1)!, new Map([[name, value]])));
  return seen;
}

const clockAt = (nowMs: number) => ({nowMs, settleMs, nextMs: nowMs + settleMs});

test('a function that starts between two writes knows the old next hop, the new one, or none', () => {
  fc.assert(
    fc.property(states, states, (before, after) => {
      const seen = statesOf(before, changesBetween(before, after));
      expect(seen.at(-1)).toEqual(after);
      const hops = seen.map(values =>
        hopOf(parseSettings(parametersOf(values), undefined, {nowMs: 0, settleMs: 0, nextMs: 1})),
      );
      const [old, next] = [hops[0], hops.at(-1)];
      for (const hop of hops)
        expect(hop === undefined || isDeepStrictEqual(hop, old) || isDeepStrictEqual(hop, next)).toBe(true);
    }),
    {numRuns: 3000},
  );
});

test('a function that reads on and on, while the writing ends at any point, has the old next hop, the new one, or none', () => {
  const reads = fc.array(fc.boolean(), {minLength: 20, maxLength: 20});
  fc.assert(
    fc.property(states, states, fc.nat(20), reads, (before, after, end, isRead) => {
      const startMs = 10 * settleMs;
      let reading = parseSettings(parametersOf(before, 0), undefined, clockAt(startMs));
      const old = hopOf(reading);
      const next = hopOf(parseSettings(parametersOf(after)));
      const isRight = () => {
        const hop = hopOf(reading);
        return hop === undefined || isDeepStrictEqual(hop, old) || isDeepStrictEqual(hop, next);
      };
      const seen = statesOf(before, changesBetween(before, after)).slice(1, 1 + end);
      let nowMs = startMs;
      let last = before;
      for (const [index, values] of seen.entries()) {
        nowMs += 100;
        last = values;
        if (isRead[index]) reading = parseSettings(parametersOf(values, nowMs), reading, clockAt(nowMs));
        expect(isRight()).toBe(true);
      }
      for (let later = 0; later < 3; later++) {
        nowMs += settleMs;
        reading = parseSettings(parametersOf(last, startMs), reading, clockAt(nowMs));
        expect(isRight()).toBe(true);
      }
    }),
    {numRuns: 3000},
  );
});

describe('the order', () => {
  const orderOf = (before: Texts, changes: Record<string, string | undefined>) =>
    writingOrder(new Map(Object.entries(before)), new Map(Object.entries(changes))).map(({name, value}) =>
      value === undefined ? `- ${name}` : `${name} ${value}`,
    );
  const apart = {smarthost: 'a', 'smarthost-username': 'a', 'smarthost-password': 'a-hunter2'};

  test.each<[string, Texts, Record<string, string | undefined>, readonly string[]]>([
    ['one parameter is one write', apart, {smarthost: 'b'}, ['smarthost b']],
    [
      'a new smarthost is named when all else is there',
      {},
      {smarthost: 'a', 'smarthost-username': 'u', 'smarthost-password': 'p', 'smarthost-port': '587'},
      ['smarthost-port 587', 'smarthost-username u', 'smarthost-password p', 'smarthost a'],
    ],
    [
      'it goes away with its name first',
      {...apart, 'smarthost-port': '587'},
      {
        smarthost: undefined,
        'smarthost-username': undefined,
        'smarthost-password': undefined,
        'smarthost-port': undefined,
      },
      ['- smarthost', '- smarthost-password', '- smarthost-username', '- smarthost-port'],
    ],
    [
      'another server with another password comes behind a port that is none',
      {...apart, 'smarthost-port': '587'},
      {smarthost: 'b', 'smarthost-password': 'b-hunter2'},
      [
        'smarthost-port being changed; before it was "587"',
        'smarthost-password b-hunter2',
        'smarthost b',
        'smarthost-port 587',
      ],
    ],
    [
      'a port that was not there is gone afterwards',
      apart,
      {'smarthost-username': 'b', 'smarthost-password': 'b-hunter2'},
      [
        'smarthost-port being changed; before it was absent',
        'smarthost-username b',
        'smarthost-password b-hunter2',
        '- smarthost-port',
      ],
    ],
    [
      'a URL comes before what it replaces goes',
      apart,
      {
        'smarthost-url': 'smtp://b',
        smarthost: undefined,
        'smarthost-username': undefined,
        'smarthost-password': undefined,
      },
      ['smarthost-url smtp://b', '- smarthost', '- smarthost-password', '- smarthost-username'],
    ],
    [
      'a sink comes before a smarthost that is tried with it',
      {},
      {smarthost: 'a', 'smtp-sink-ip': '192.0.2.1'},
      ['smtp-sink-ip 192.0.2.1', 'smarthost a'],
    ],
    [
      'a sink goes when the smarthost is there',
      {'smtp-sink-ip': '192.0.2.1'},
      {'smtp-sink-ip': undefined, smarthost: 'a', 'mx-port': '26'},
      ['smarthost a', 'mx-port 26', '- smtp-sink-ip'],
    ],
    [
      'direct delivery is set up before the smarthost goes',
      {smarthost: 'a'},
      {smarthost: undefined, 'mx-port': '26', 'helo-name': 'mail.example'},
      ['helo-name mail.example', 'mx-port 26', '- smarthost'],
    ],
  ])('%s', (_, before, changes, order) => expect(orderOf(before, changes)).toEqual(order));
});

describe('a change that was broken off', () => {
  const before = new Map([
    ['smarthost', 'a'],
    ['smarthost-port', '587'],
  ]);
  const changes: Changes = new Map([
    ['smarthost', 'b'],
    ['smarthost-security', 'required'],
  ]);
  const halfway = statesOf(before, changes)[2]!;

  test('can be told, and gets its port back when it goes on', () => {
    expect(brokenOffIn(halfway)).toEqual(new Map([['smarthost-port', '587']]));
    expect(parseSettings(parametersOf(halfway)).problems).toMatchObject([{path: 'smarthost-port'}]);
    const again = withPortsPutBack(halfway, changes);
    expect(statesOf(halfway, again).at(-1)).toEqual(appliedTo(before, changes));
  });

  test('does not go on with a change of something else', () => {
    const other: Changes = new Map([['max-attempts', '3']]);
    expect(withPortsPutBack(halfway, other)).toEqual(other);
    expect(withPortsPutBack(before, changes)).toEqual(changes);
  });
});
