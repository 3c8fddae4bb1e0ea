// `relayq dkim show`: the keys of a domain with their records. The private halves stay where they are.

import type {Act} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {printable} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {domainOf, selectorOf} from './key-names.ts';
import {KeyStore} from './key-store.ts';
import {fullName, recordLines, storedKeyDocument, storedKeyText} from './key-text.ts';
import {nextCommand} from './next-command.ts';
import {keptUntilMs} from './retirement.ts';
import type {StoredKey} from './stored-key.ts';

interface ShowOptions {
  readonly zone?: boolean;
}

export const show: Act<[string, string | undefined, ShowOptions]> = async (
  context,
  given,
  selector,
  {zone = false},
) => {
  const {clients, stage, terminal, json} = context;
  const domain = domainOf(given);
  const wanted = selector === undefined ? undefined : selectorOf(selector);
  const all = await new KeyStore(clients.ssm, stage).keysOf(domain);
  const keys = all.filter(key => wanted === undefined || key.selector.toLowerCase() === wanted);
  if (json) terminal.say(JSON.stringify({version: 1, stage, domain, keys: keys.map(storedKeyDocument)}));
  else for (const line of keys.flatMap(key => linesOf(key, zone, context))) terminal.say(line);
  if (keys.length === 0)
    terminal.tell(
      wanted === undefined
        ? `${domain} has no key: ${nextCommand(context, `dkim create ${domain}`)} makes one`
        : `there is no key ${fullName({domain, selector: wanted})}`,
    );
  return keys.length > 0 && keys.every(({privateKey}) => privateKey.ok) ? 0 : 1;
};

function linesOf(key: StoredKey, asZone: boolean, {local}: Context): readonly string[] {
  const {domain, selector, state, privateKey, warning, version, sinceMs} = key;
  const facts = [
    `${state} since ${timeText(sinceMs, local)}`,
    storedKeyText(key),
    `version ${version}`,
    state === 'retired' ? `leave its record until ${timeText(keptUntilMs(sinceMs), local)}` : '',
  ];
  const about = [
    `${fullName(key)}: ${facts.filter(fact => fact !== '').join(', ')}`,
    ...(warning === undefined ? [] : [`it ${printable(warning)}`]),
    ...(privateKey.ok ? [] : [`it ${printable(privateKey.problem)}`]),
  ];
  const record = privateKey.ok ? recordLines({domain, selector, privateKey: privateKey.value}, asZone) : [];
  // A zone file takes it as it is.
  return asZone ? [...about.map(line => `; ${line}`), ...record] : [...about, ...record, ''];
}
