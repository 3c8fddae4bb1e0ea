// A change of settings from the wish to the parameters: judged against what is there, allowed, and then written.

import {namesOf} from '../../shared/names.ts';
import {isSecretValue} from '../../shared/settings/settings-list.ts';
import type {Changes} from '../../shared/settings/writing-order.ts';
import {parametersOf, type StoredParameter} from '../aws/parameters.ts';
import type {Context} from '../command/context.ts';
import {ParameterStore} from './parameter-store.ts';
import {type PlannedChange, plannedChange, valuesOf} from './planned-change.ts';
import {type Versions, writeParameters} from './write-parameters.ts';

export interface JudgedChange extends PlannedChange {
  readonly parameters: readonly StoredParameter[];
  /** Undefined where there is nothing to write. */
  readonly store: ParameterStore | undefined;
}

/** @throws UsageError that quotes no value: nothing is written */
export async function judgedChange({clients, stage}: Context, wanted: Changes): Promise<JudgedChange> {
  const {parameterPath: path} = namesOf(stage);
  const parameters = await parametersOf(clients.ssm, path);
  const planned = plannedChange(parameters, wanted);
  if (planned.writes.length === 0) return {...planned, parameters, store: undefined};
  const store = await ParameterStore.open(clients.ssm, path);
  for (const {name, value} of planned.writes)
    if (value !== undefined) store.check({name, value, isSecret: isSecretValue(name, value)});
  return {...planned, parameters, store};
}

/** @throws NotAllowed */
export const mayWrite = (context: Context, {changes}: JudgedChange): Promise<void> =>
  context.mayChange(sentenceOf(changes), kindOf(changes));

export async function written({changes, writes, parameters, store}: JudgedChange): Promise<Versions> {
  if (store === undefined) return new Map();
  const secret = new Set(parameters.filter(({isSecret}) => isSecret).map(({name}) => name));
  const all = await writeParameters(store, writes, {values: valuesOf(parameters), secret});
  // A port that only said that the others do not count is no change.
  return new Map([...changes.keys()].map(name => [name, all.get(name)]));
}

/** What decides where mail goes, what ends mail, and whatever is removed. */
const kindOf = (changes: Changes): 'harmless' | 'destructive' =>
  [...changes].some(
    ([name, value]) => value === undefined || /^(?:smarthost|smtp-sink|mx-|errors\/)/.test(name),
  )
    ? 'destructive'
    : 'harmless';

function sentenceOf(changes: Changes): string {
  const named = (isMeant: (value: string | undefined) => boolean) =>
    [...changes].filter(([, value]) => isMeant(value)).map(([name]) => name);
  const [set, removed] = [named(value => value !== undefined), named(value => value === undefined)];
  return [
    ...(set.length > 0 ? [`set ${set.join(', ')}`] : []),
    ...(removed.length > 0 ? [`remove ${removed.join(', ')}`] : []),
  ].join(' and ');
}
