// In which order parameters are written that change together. SSM writes one at a time, and functions may read in between,
// or the writing may end half-way: whatever is there by then is the old next hop, or the new one, or nothing that counts.

import {isDeepStrictEqual} from 'node:util';
import {type Parameter, ParameterReader} from './parameter-reader.ts';
import type {NamedGroup} from './setting-group.ts';
import {type SettingName, settingGroups} from './setting-groups.ts';

export interface Write {
  readonly name: string;
  /** Undefined removes it. */
  readonly value: string | undefined;
}

/** Values by the name of a parameter. */
export type Values = ReadonlyMap<string, string>;
export type Changes = ReadonlyMap<string, string | undefined>;

/**
 * What is written first among the parameters of one server, and removed last. The first order that is safe is taken; where
 * none is, the port says meanwhile that the others do not count.
 */
const turns: readonly (readonly [suffix: string, why: string])[] = [
  ['-security', 'no connection is made with less TLS than is wanted'],
  ['-ca', 'no certificate is judged by the wrong authorities'],
  ['-port', 'a server that is new has its port when mail goes to it'],
  ['-username', 'half a pair of credentials counts as nothing, so what was there goes on'],
  ['-password', 'with it the pair is whole; it counts beside the server that it belongs to'],
  ['-url', 'it holds all of a server, and counts before the rest'],
  ['', 'this is what mail goes by: all else is ready'],
];

/** Groups that decide where mail goes, from the one that counts first to the one that is left. */
const hops = ['sink', 'smarthost', 'mx'] as const satisfies readonly SettingName[];
type Hop = (typeof hops)[number];

export function writingOrder(stored: Values, changes: Changes): readonly Write[] {
  const after = appliedTo(stored, changes);
  const ofHops = new Set<string>(hops.flatMap(hop => settingGroups[hop].names));
  // How mail is sent, but not where: it is ready when mail goes elsewhere.
  const others = [...changes].filter(([name]) => !ofHops.has(name));
  return [
    ...others.map(([name, value]) => ({name, value})),
    ...orderOfHops(after).flatMap(hop => groupOrder(settingGroups[hop], stored, changes)),
  ];
}

/**
 * What will take all mail comes first, as then nothing else matters. What takes all mail and will be gone goes last: what
 * takes its place is ready by then.
 */
function orderOfHops(after: Values): readonly Hop[] {
  const at = hops.findIndex(hop => hop === 'mx' || readingOf(settingGroups[hop], after) !== undefined);
  return [...hops.slice(at), ...hops.slice(0, at).reverse()];
}

/** What is there when all changes are written. */
export const appliedTo = (stored: Values, changes: Changes): Values => {
  const values = new Map(stored);
  for (const [name, value] of changes) {
    if (value === undefined) values.delete(name);
    else values.set(name, value);
  }
  return values;
};

type AnyGroup = NamedGroup<unknown>;

function groupOrder(group: AnyGroup, stored: Values, changes: Changes): readonly Write[] {
  const own = group.names.filter(name => changes.has(name)).map(name => ({name, value: changes.get(name)}));
  const set = own.filter(({value}) => value !== undefined).sort((a, b) => turnOf(a) - turnOf(b));
  const removed = own.filter(({value}) => value === undefined).sort((a, b) => turnOf(b) - turnOf(a));
  const wanted = [...set, ...removed];
  return safeOrder(group, stored, wanted) ?? guarded(group, stored, wanted);
}

const turnOf = ({name}: Write): number => turns.findIndex(([suffix]) => name.endsWith(suffix));

/** The first order in which each state is the old value, the new one, or one that does not count. */
function safeOrder(group: AnyGroup, stored: Values, wanted: readonly Write[]): readonly Write[] | undefined {
  const after = appliedTo(stored, new Map(wanted.map(({name, value}) => [name, value])));
  const ends = [stored, after]
    .filter(values => isGood(group, values))
    .map(values => readingOf(group, values));
  const isSafe = (values: Values) =>
    !isGood(group, values) || ends.some(end => isDeepStrictEqual(readingOf(group, values), end));
  const dead = new Set<string>();
  const from = (values: Values, left: readonly Write[]): readonly Write[] | undefined => {
    if (left.length === 0) return [];
    const state = left.map(({name}) => name).join(' ');
    if (dead.has(state)) return undefined;
    for (const write of left) {
      const next = appliedTo(values, new Map([[write.name, write.value]]));
      if (!isSafe(next)) continue;
      const rest = from(
        next,
        left.filter(each => each !== write),
      );
      if (rest !== undefined) return [write, ...rest];
    }
    dead.add(state);
    return undefined;
  };
  return from(stored, wanted);
}

/** The port is none until all else is there: so the group does not count, in whatever version of the functions. */
function guarded(group: AnyGroup, stored: Values, wanted: readonly Write[]): readonly Write[] {
  const port = group.names.find(name => name.endsWith('-port'))!;
  const before = stored.get(port);
  const last = wanted.find(({name}) => name === port) ?? {name: port, value: before};
  return [{name: port, value: guardOf(before)}, ...wanted.filter(({name}) => name !== port), last];
}

const guard = /^being changed; before it was (?:absent|(".*"))$/s;

const guardOf = (before: string | undefined): string =>
  `being changed; before it was ${before === undefined ? 'absent' : JSON.stringify(before)}`;

/** By the name of the port that says so: what it was before somebody began to write the parameters beside it. */
export function brokenOffIn(stored: Values): Changes {
  const found = [...stored].flatMap(([name, value]) => {
    const match = guard.exec(value);
    if (match === null) return [];
    return [[name, match[1] === undefined ? undefined : (JSON.parse(match[1]) as string)] as const];
  });
  return new Map(found);
}

/** A change goes on that was broken off: the port becomes what it was, unless the changes say otherwise. */
export function withPortsPutBack(stored: Values, changes: Changes): Changes {
  const groupsOf = (name: string) => hops.filter(hop => settingGroups[hop].names.includes(name));
  const touched = new Set([...changes.keys()].flatMap(groupsOf));
  const ports = [...brokenOffIn(stored)].filter(([port]) => groupsOf(port).some(hop => touched.has(hop)));
  return new Map([...ports, ...changes]);
}

function readerOf(values: Values): ParameterReader {
  const parameters: Parameter[] = [...values].map(([name, value]) => ({name, value}));
  return new ParameterReader(parameters);
}

const readingOf = (group: AnyGroup, values: Values): unknown => group.read(readerOf(values), group.names[0]);

function isGood(group: AnyGroup, values: Values): boolean {
  const reader = readerOf(values);
  return reader.judged(() => group.read(reader, group.names[0]))[1];
}
