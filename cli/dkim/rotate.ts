// `relayq dkim rotate`: a new key takes the place of an old one, in two steps. First it is made, and pends while its record is
// published; when the DNS shows it, the same command activates it.

import type {KeyName} from '../../shared/dkim/key-name.ts';
import type {DkimKey} from '../../shared/dkim/signature.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import type {Act, ExitStatus} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {timeText} from '../terminal/time.ts';
import {type Activation, activate, predecessorsOf} from './activation.ts';
import {defaultSelectorOf} from './create.ts';
import {domainOf, keyNameOf, selectorOf} from './key-names.ts';
import {KeyStore} from './key-store.ts';
import {fullName, keyDocument, recordLines} from './key-text.ts';
import {type KeyOptions, newKey} from './new-key.ts';
import {nextCommand} from './next-command.ts';
import {publicationOf} from './publication.ts';
import {keptUntilMs} from './retirement.ts';
import {type StageSettings, stageSettingsOf} from './stage-settings.ts';
import {isOfType, type KeyType, type StoredKey, typeOf} from './stored-key.ts';

export interface RotateOptions extends KeyOptions {
  readonly selector?: string;
  readonly finish?: boolean;
  readonly retire?: readonly string[];
  readonly zone?: boolean;
}

interface Rotation {
  readonly context: Context;
  readonly store: KeyStore;
  readonly settings: StageSettings;
  readonly domain: string;
  readonly keys: readonly StoredKey[];
  readonly selector: string | undefined;
  /** Selectors of the keys to take over from; undefined where there is no more than one. */
  readonly retire: ReadonlySet<string> | undefined;
  readonly options: RotateOptions;
}

export const rotate: Act<[string, RotateOptions]> = async (context, given, options) => {
  const {clients, stage} = context;
  const domain = domainOf(given);
  const selector = options.selector === undefined ? undefined : keyNameOf(domain, options.selector).selector;
  const store = new KeyStore(clients.ssm, stage);
  const keys = await store.keysOf(domain);
  if (keys.length === 0)
    throw new UsageError(
      `${domain} has no key: ${nextCommand(context, `dkim create ${domain}`)} makes the first one`,
    );
  const retire = options.retire && new Set(options.retire.map(selectorOf));
  const settings = await stageSettingsOf(context);
  const rotation = {context, store, settings, domain, keys, selector, retire, options};
  const pending = pendingOf(rotation);
  if (pending !== undefined) return finish(rotation, pending);
  if (options.finish) throw new Error(`no key of ${domain} is pending: there is nothing to finish`);
  return begin(rotation);
};

function pendingOf({context, domain, keys, selector, options: {type}}: Rotation): DkimKey | undefined {
  const pending = keys.flatMap(each =>
    each.state === 'pending' && each.privateKey.ok && (type === undefined || isOfType(each, type))
      ? [{domain, selector: each.selector, privateKey: each.privateKey.value}]
      : [],
  );
  const picked = selector === undefined ? pending : pending.filter(each => each.selector === selector);
  if (picked.length > 1)
    throw new UsageError(
      `several keys of ${domain} are pending: name one with --selector: ${selectorsOf(picked)}`,
    );
  const [other] = pending;
  if (picked.length === 0 && other !== undefined)
    throw new UsageError(
      `${fullName(other)} is pending already: finish that first, or ${removal(context, other)}`,
    );
  return picked[0];
}

const removal = (context: Context, {domain, selector}: KeyName): string =>
  nextCommand(context, `dkim remove ${domain} ${selector}`);

const selectorsOf = (keys: readonly KeyName[]): string => keys.map(({selector}) => selector).join(', ');

async function begin(rotation: Rotation): Promise<ExitStatus> {
  const {context, store, domain, keys, selector, options} = rotation;
  const {terminal, json, stage, mayChange} = context;
  const type = options.type ?? onlyTypeOf(rotation);
  checkRetired(rotation, predecessorsOf(keys, {domain, selector: selector ?? ''}, type));
  const key = await nextKeyOf(rotation, type);
  await mayChange(`make a new DKIM key, ${fullName(key)}`, 'harmless');
  const old = keys.find(each => each.state === 'active' && isOfType(each, type)) ?? keys[0]!;
  if ((await store.put('pending', key, {keyId: await store.keyIdOf(old)})) === undefined)
    throw new Error(`somebody else has just made ${fullName(key)}: type the same again`);
  if (json) terminal.say(JSON.stringify({version: 1, stage, ...keyDocument(key), state: 'pending'}));
  else for (const line of recordLines(key, options.zone === true)) terminal.say(line);
  terminal.tell(`the key ${fullName(key)} is stored, and does not sign yet`);
  terminal.tell('next: publish this TXT record');
  const which = selector !== undefined ? ` --selector ${selector}` : options.type ? ` --type ${type}` : '';
  const retire = options.retire ? ` --retire ${options.retire.join(' ')}` : '';
  terminal.tell(`then: ${nextCommand(context, `dkim rotate ${domain}${which}${retire} --finish`)}`);
  return 0;
}

/** Where several keys sign, each may have mail of its own. @throws UsageError */
function checkRetired({domain, keys, retire}: Rotation, predecessors: readonly StoredKey[]): void {
  // Some may be retired already, by a rotation that was broken off.
  const known = [...predecessors, ...keys.filter(({state}) => state === 'retired')];
  const missing = [...(retire ?? [])].find(each => !known.some(({selector}) => selector === each));
  if (missing !== undefined) throw new UsageError(`no key of that type is active as ${missing} of ${domain}`);
  if (retire === undefined && predecessors.length > 1)
    throw new UsageError(
      `several keys of that type sign for ${domain}: name those that the new one replaces with --retire: ${selectorsOf(predecessors)}`,
    );
}

/** A new one; or a retired one that is to come back, by its selector. */
async function nextKeyOf(rotation: Rotation, type: KeyType): Promise<DkimKey> {
  const {context, settings, domain, keys, selector, options} = rotation;
  const same = keys.find(each => each.selector === selector);
  if (same?.state === 'retired' && same.privateKey.ok && isOfType(same, options.type ?? type)) {
    if (options.bits !== undefined) throw new UsageError(`${fullName(same)} is there: it has its bits`);
    return {domain, selector: same.selector, privateKey: same.privateKey.value};
  }
  if (same !== undefined)
    throw new UsageError(`${fullName(same)} is there already, as a key that is ${same.state}`);
  const chosen = selector ?? (await defaultSelectorOf(domain, keys, context.now(), settings.dns));
  return {...keyNameOf(domain, chosen), privateKey: await newKey(type, options.bits)};
}

function onlyTypeOf({domain, keys}: Rotation): KeyType {
  const types = new Set(
    keys.flatMap(({state, privateKey}) =>
      state === 'active' && privateKey.ok ? [typeOf(privateKey.value)] : [],
    ),
  );
  if (types.size > 1)
    throw new UsageError(`${domain} has keys of both types: name the one to rotate with --type`);
  return [...types][0] ?? 'rsa';
}

async function finish(rotation: Rotation, key: DkimKey): Promise<ExitStatus> {
  const {context, store, settings, keys, retire, options} = rotation;
  const {terminal, json, stage, signal, now, mayChange} = context;
  checkRetired(rotation, predecessorsOf(keys, key, typeOf(key.privateKey)));
  const {isPublished, why} = await publicationOf(key, {dns: settings.dns, signal});
  const document = {version: 1, stage, ...keyDocument(key)};
  const dns = {published: isPublished, why};
  if (!isPublished) {
    if (json) terminal.say(JSON.stringify({...document, state: 'pending', dns, retired: [], kept: []}));
    else for (const line of recordLines(key, options.zone === true)) terminal.say(line);
    terminal.tell(`${why}: nothing was changed, and ${fullName(key)} does not sign yet`);
    return 1;
  }
  await mayChange(`sign with the DKIM key ${fullName(key)}`, 'harmless');
  const isKept = (old: StoredKey) =>
    settings.isNamed(old) || (retire !== undefined && !retire.has(old.selector));
  const activation = await activate(store, key, isKept);
  const untilMs = keptUntilMs(now());
  if (json) {
    const retired = activation.retired.map(({selector}) => ({
      selector,
      keepRecordUntil: utcTimeOf(untilMs),
    }));
    const kept = activation.kept.map(({selector}) => ({selector}));
    terminal.say(JSON.stringify({...document, state: 'active', dns, retired, kept}));
    return 0;
  }
  terminal.say(`${fullName(key)} signs: ${why}. Functions have it within five minutes`);
  for (const line of oldLines(rotation, activation, untilMs)) terminal.say(line);
  return 0;
}

function oldLines(
  {context, settings}: Rotation,
  {retired, kept}: Activation,
  untilMs: number,
): readonly string[] {
  const until = timeText(untilMs, context.local);
  return [
    ...retired.map(
      old =>
        `${fullName(old)} is retired: leave its TXT record until ${until}, and then: ${removal(context, old)}`,
    ),
    ...kept.map(old =>
      settings.isNamed(old)
        ? `${fullName(old)} signs too, as dkim-rules names it: change the rule to ${old.domain}, and then: ${removal(context, old)}`
        : `${fullName(old)} signs too`,
    ),
  ];
}
