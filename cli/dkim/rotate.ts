// `relayq dkim rotate`: a new key takes the place of an old one, in two steps. First it is made, and pends while its record is
// published; when the DNS shows it, the same command activates it.

import type {KeyName} from '../../shared/dkim/key-name.ts';
import type {DkimKey} from '../../shared/dkim/signature.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import type {Act, ExitStatus} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {timeText} from '../terminal/time.ts';
import {activate} from './activation.ts';
import {defaultSelectorOf} from './create.ts';
import {domainOf, keyNameOf} from './key-names.ts';
import {KeyStore} from './key-store.ts';
import {fullName, keyDocument, recordLines} from './key-text.ts';
import {type KeyOptions, newKey} from './new-key.ts';
import {publicationOf} from './publication.ts';
import {keptUntilMs} from './retirement.ts';
import {type StageSettings, stageSettingsOf} from './stage-settings.ts';
import {isOfType, type KeyType, type StoredKey, typeOf} from './stored-key.ts';

export interface RotateOptions extends KeyOptions {
  readonly selector?: string;
  readonly finish?: boolean;
  readonly zone?: boolean;
}

interface Rotation {
  readonly context: Context;
  readonly store: KeyStore;
  readonly settings: StageSettings;
  readonly domain: string;
  readonly keys: readonly StoredKey[];
  /** As it was typed, in lower case. */
  readonly selector: string | undefined;
  readonly options: RotateOptions;
}

export const rotate: Act<[string, RotateOptions]> = async (context, given, options) => {
  const {clients, stage} = context;
  const domain = domainOf(given);
  const selector = options.selector === undefined ? undefined : keyNameOf(domain, options.selector).selector;
  const store = new KeyStore(clients.ssm, stage);
  const keys = await store.keysOf(domain);
  if (keys.length === 0)
    throw new UsageError(`${domain} has no key: relayq dkim create ${domain} makes the first one`);
  const settings = await stageSettingsOf(context);
  const rotation = {context, store, settings, domain, keys, selector, options};
  const pending = pendingOf(rotation);
  if (pending !== undefined) return finish(rotation, pending);
  if (options.finish) throw new Error(`no key of ${domain} is pending: there is nothing to finish`);
  return begin(rotation);
};

function pendingOf({domain, keys, selector, options: {type}}: Rotation): DkimKey | undefined {
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
      `${fullName(other)} is pending already: finish that first, or relayq dkim remove ${domain} ${other.selector}`,
    );
  return picked[0];
}

const selectorsOf = (keys: readonly KeyName[]): string => keys.map(({selector}) => selector).join(', ');

async function begin(rotation: Rotation): Promise<ExitStatus> {
  const {context, store, domain, keys, selector, options} = rotation;
  const {terminal, json, stage, mayChange} = context;
  const type = options.type ?? onlyTypeOf(rotation);
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
  terminal.tell(`then: relayq dkim rotate ${domain}${which} --finish`);
  return 0;
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
  const {context, store, settings, domain, options} = rotation;
  const {terminal, json, stage, signal, local, now, mayChange} = context;
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
  const {retired, kept} = await activate(store, key, settings.isNamed);
  const untilMs = keptUntilMs(now());
  const until = `${utcTimeOf(untilMs)}`;
  if (json) {
    const told = retired.map(({selector}) => ({selector, keepRecordUntil: until}));
    const named = kept.map(({selector}) => ({selector}));
    terminal.say(JSON.stringify({...document, state: 'active', dns, retired: told, kept: named}));
    return 0;
  }
  terminal.say(`${fullName(key)} signs: ${why}. Functions have it within five minutes`);
  for (const old of retired)
    terminal.say(
      `${fullName(old)} is retired: leave its TXT record until ${timeText(untilMs, local)}, and then: relayq dkim remove ${domain} ${old.selector}`,
    );
  for (const old of kept)
    terminal.say(
      `${fullName(old)} signs too, as dkim-rules names it: change dkim-rules to ${domain}, and then: relayq dkim remove ${domain} ${old.selector}`,
    );
  return 0;
}
