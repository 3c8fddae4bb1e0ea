// `relayq dkim import`: keys that other systems sign with. All are imported, or none, unless somebody says otherwise.

import type {Act, ExitStatus} from '../../command/command.ts';
import type {Context} from '../../command/context.ts';
import {UsageError} from '../../command/problems.ts';
import {countOf, printable} from '../../terminal/printable.ts';
import {Progress} from '../../terminal/progress.ts';
import {domainOf, selectorOf} from '../key-names.ts';
import {KeyStore} from '../key-store.ts';
import {fullName, keyDocument} from '../key-text.ts';
import type {StoredKey} from '../stored-key.ts';
import {namesProblem} from './file-names.ts';
import type {FoundProblem} from './found-key.ts';
import {type ImportPlan, importPlanOf, type PlacedKey, readKeys} from './import-plan.ts';
import {foundIn} from './key-sources.ts';

export interface ImportOptions {
  readonly domain?: string;
  readonly selector?: string;
  readonly names?: string;
  readonly signingTable?: string;
  readonly keepGoing?: boolean;
  readonly replace?: boolean;
  readonly kmsKey?: string;
}

export const importKeys: Act<[string, ImportOptions]> = async (context, path, options) => {
  const {clients, stage} = context;
  const read = readKeys(await foundIn(path, sourceOptionsOf(options), context));
  const store = new KeyStore(clients.ssm, stage);
  const stored = new Map<string, readonly StoredKey[]>();
  for (const {domain} of read.keys) if (!stored.has(domain)) stored.set(domain, await store.keysOf(domain));
  const plan = importPlanOf(read.keys, domain => stored.get(domain) ?? [], options.replace === true);
  const problems = [...read.problems, ...plan.problems];
  complain(context, problems, read.warnings);
  const isWhole = problems.length === 0;
  if (!isWhole && options.keepGoing !== true) {
    report(context, {added: [], replaced: [], same: []}, problems, read.warnings);
    context.terminal.tell('nothing was imported: --keep-going imports what is right');
    return 1;
  }
  await allow(context, plan);
  await write(context, store, plan, options.kmsKey);
  report(context, plan, problems, read.warnings);
  const status: ExitStatus = isWhole ? 0 : 1;
  return status;
};

function sourceOptionsOf({domain, selector, names, signingTable}: ImportOptions) {
  const problem = names === undefined ? undefined : namesProblem(names);
  if (problem !== undefined) throw new UsageError(`--names ${problem}`);
  return {
    domain: domain === undefined ? undefined : domainOf(domain),
    selector: selector === undefined ? undefined : selectorOf(selector),
    names,
    signingTable,
  };
}

function complain({terminal}: Context, problems: readonly FoundProblem[], warnings: readonly FoundProblem[]) {
  for (const {where, problem} of warnings) terminal.tell(printable(`warning: ${where} ${problem}`));
  for (const {where, problem} of problems) terminal.tell(printable(`${where} ${problem}`));
}

async function allow({mayChange}: Context, {added, replaced}: ImportPlan): Promise<void> {
  if (added.length + replaced.length === 0) return;
  const what = `import ${countOf(added.length + replaced.length, 'DKIM key')}`;
  if (replaced.length === 0) return mayChange(what, 'harmless');
  const [first] = replaced;
  const which = replaced.length === 1 ? fullName(first!) : countOf(replaced.length, 'key');
  return mayChange(`${what}, and so overwrite ${which}`, 'destructive');
}

/** A key keeps its key of KMS when it is replaced. */
async function write(
  {signal}: Context,
  store: KeyStore,
  {added, replaced}: ImportPlan,
  kmsKey: string | undefined,
): Promise<void> {
  const total = added.length + replaced.length;
  const progress = new Progress(process.stderr, total);
  let done = 0;
  const count = () => {
    done += 1;
    progress.update('imported', done);
    signal.throwIfAborted();
  };
  try {
    for (const key of added) {
      if ((await store.put('active', key, {keyId: kmsKey})) === undefined)
        throw new Error(`somebody else has just put a key ${fullName(key)} there`);
      count();
    }
    for (const key of replaced) {
      const keyId = kmsKey ?? (await store.keyIdOf({...key, state: 'active'}));
      await store.put('active', key, {keyId, overwrite: true});
      count();
    }
  } catch (error) {
    const {message} = error as Error;
    throw new Error(
      `${message}; ${done} of ${countOf(total, 'key')} imported: type the same again to go on`,
      {cause: error},
    );
  } finally {
    progress.clear();
  }
}

function report(
  {terminal, json, stage}: Context,
  {added, replaced, same}: Omit<ImportPlan, 'problems'>,
  problems: readonly FoundProblem[],
  warnings: readonly FoundProblem[],
): void {
  const documentOf = (key: PlacedKey) => ({from: key.where, ...keyDocument(key)});
  if (json) {
    const [imported, there] = [[...added, ...replaced], same].map(keys => keys.map(documentOf));
    terminal.say(JSON.stringify({version: 1, stage, imported, there, problems, warnings}));
    return;
  }
  for (const key of added) terminal.say(printable(`${fullName(key)} is imported from ${key.where}`));
  for (const key of replaced)
    terminal.say(printable(`${fullName(key)} is imported from ${key.where}, in place of another one`));
  for (const key of same) terminal.say(printable(`${fullName(key)} is there already`));
  if (added.length > 0)
    terminal.tell(
      'next: relayq dkim check DOMAIN says whether the DNS has their records; the setting dkim-rules says which mail is signed',
    );
}
