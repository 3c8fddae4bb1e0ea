// `relayq dkim create`: a key for a domain, and the record that publishes it.

import type {Dns} from '../../functions/deliver/next-hop/dns.ts';
import {recordNameOf} from '../../shared/dkim/key-name.ts';
import type {DkimKey} from '../../shared/dkim/signature.ts';
import type {Act} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {domainOf, freeSelector, keyNameOf} from './key-names.ts';
import {KeyStore} from './key-store.ts';
import {fullName, keyDocument, recordLines} from './key-text.ts';
import {type KeyOptions, newKey} from './new-key.ts';
import {nextCommand} from './next-command.ts';
import {stageSettingsOf} from './stage-settings.ts';
import {isOfType, type KeyState, type KeyType, type StoredKey, typeOf} from './stored-key.ts';

export interface CreateOptions extends KeyOptions {
  readonly selector?: string;
  readonly kmsKey?: string;
  readonly zone?: boolean;
}

export const create: Act<[string, CreateOptions]> = async (context, given, options) => {
  const {clients, stage, terminal, json, now, mayChange} = context;
  const {type = 'rsa', bits, selector, kmsKey, zone = false} = options;
  const domain = domainOf(given);
  const wanted = selector === undefined ? undefined : keyNameOf(domain, selector).selector;
  const store = new KeyStore(clients.ssm, stage);
  const keys = await store.keysOf(domain);
  checkNew(keys, {domain, selector: wanted, type, rotate: nextCommand(context, `dkim rotate ${domain}`)});
  const settings = await stageSettingsOf(context);
  const chosen = wanted ?? (await defaultSelectorOf(domain, keys, now(), settings.dns));
  const name = keyNameOf(domain, chosen);
  // Mail that is signed already gets no signature that nobody can verify.
  const isUsed = keys.some(key => key.state === 'active') || settings.isAwaited(domain);
  const state = isUsed ? 'pending' : 'active';
  await mayChange(`create the DKIM key ${fullName(name)}`, 'harmless');
  const key: DkimKey = {...name, privateKey: await newKey(type, bits)};
  const version = await store.put(state, key, {keyId: kmsKey});
  if (version === undefined) throw new Error(`somebody else has just created ${fullName(name)}`);
  if (json) terminal.say(JSON.stringify({version: 1, stage, ...keyDocument(key), state}));
  else for (const line of recordLines(key, zone)) terminal.say(line);
  terminal.tell(`the key ${fullName(name)} is stored${state === 'pending' ? ', and does not sign yet' : ''}`);
  for (const line of nextSteps(context, key, state)) terminal.tell(line);
  return 0;
};

function nextSteps(context: Context, {domain, privateKey}: DkimKey, state: KeyState): readonly string[] {
  const publish = 'next: publish this TXT record';
  if (state === 'pending') {
    const finish = nextCommand(context, `dkim rotate ${domain} --type ${typeOf(privateKey)} --finish`);
    return [publish, `then: ${finish}: it signs beside the others`];
  }
  return [
    publish,
    `then: ${nextCommand(context, `dkim check ${domain}`)}`,
    `then: ${nextCommand(context, `set dkim-rules ${domain}`)}: mail from ${domain} is signed (name the rules that are there, too)`,
  ];
}

interface Wanted {
  readonly domain: string;
  readonly selector: string | undefined;
  readonly type: KeyType;
  /** What to type instead. */
  readonly rotate: string;
}

/** @throws UsageError where there is such a key: none is ever overwritten */
function checkNew(keys: readonly StoredKey[], {domain, selector, type, rotate}: Wanted): void {
  const instead = `${rotate} puts a new key in its place`;
  const same = keys.find(key => key.selector.toLowerCase() === selector);
  if (same !== undefined)
    throw new UsageError(`${fullName(same)} is there already, as a key that is ${same.state}: ${instead}`);
  const other = keys.find(key => key.state !== 'retired' && (!key.privateKey.ok || isOfType(key, type)));
  if (other?.privateKey.ok === false)
    throw new UsageError(`${fullName(other)} is there, and ${other.privateKey.problem}: remove it first`);
  if (other !== undefined)
    throw new UsageError(
      `${domain} has a key of the type ${type} already, ${other.selector} (${other.state}): ${instead}`,
    );
}

/** Where the DNS does not answer, what is stored decides alone. */
export const defaultSelectorOf = (
  domain: string,
  keys: readonly StoredKey[],
  nowMs: number,
  dns: Dns,
): Promise<string> =>
  freeSelector(keys, nowMs, async selector => {
    const answer = await dns.query(recordNameOf({domain, selector}), 'TXT').catch(() => undefined);
    return (answer?.records.length ?? 0) > 0;
  });
