// `relayq dkim remove`: a key is deleted, whatever its state. What wants it waits.

import type {Act} from '../command/command.ts';
import {timeText} from '../terminal/time.ts';
import {keyNameOf} from './key-names.ts';
import {KeyStore} from './key-store.ts';
import {fullName} from './key-text.ts';
import {keptUntilMs} from './retirement.ts';
import {stageSettingsOf} from './stage-settings.ts';
import type {StoredKey} from './stored-key.ts';

export const remove: Act<[string, string]> = async (context, domain, selector) => {
  const {clients, stage, terminal, json, local, now, mayChange} = context;
  const name = keyNameOf(domain, selector);
  const store = new KeyStore(clients.ssm, stage);
  const all = await store.keysOf(name.domain);
  const keys = all.filter(key => key.selector.toLowerCase() === name.selector);
  if (keys.length === 0) throw new Error(`there is no key ${fullName(name)}`);
  const isActive = keys.some(({state}) => state === 'active');
  if (isActive && (await stageSettingsOf(context)).isNamed(name))
    terminal.tell(`dkim-rules names ${name.domain}/${name.selector}: that mail waits until the rules change`);
  await mayChange(questionOf(keys, all), 'destructive');
  for (const key of keys) await store.remove(key.state, key);
  const retired = keys.find(({state}) => state === 'retired');
  const untilMs = isActive ? keptUntilMs(now()) : retired && keptUntilMs(retired.sinceMs);
  if (json) terminal.say(JSON.stringify({version: 1, stage, ...name, removed: keys.map(({state}) => state)}));
  else terminal.say(`${fullName(name)} is removed`);
  if (untilMs !== undefined && untilMs > now())
    terminal.tell(
      `leave its TXT record until ${timeText(untilMs, local)}: mail on its way is signed with it`,
    );
  return 0;
};

function questionOf(keys: readonly StoredKey[], all: readonly StoredKey[]): string {
  const [first] = keys;
  const what = `remove the DKIM key ${fullName(first!)}, which is ${keys.map(({state}) => state).join(' and ')}`;
  if (!keys.some(({state}) => state === 'active')) return what;
  const isLast = all.every(key => key.state !== 'active' || keys.includes(key));
  const last = isLast ? ' and is the last one of its domain' : '';
  return `${what}${last}; mail that wants it waits`;
}
