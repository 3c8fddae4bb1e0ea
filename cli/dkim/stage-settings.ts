// What the settings of a stage have to do with keys: whom to ask for records, and which keys the rules name.

import type {Dns} from '../../functions/deliver/next-hop/dns.ts';
import {dnsOf} from '../../functions/deliver/next-hop/lookup.ts';
import {type KeyName, parseSelector, parseSigningDomain} from '../../shared/dkim/key-name.ts';
import {namesOf} from '../../shared/names.ts';
import {parseSettings} from '../../shared/settings/settings.ts';
import {parametersOf} from '../aws/parameters.ts';
import type {Context} from '../command/context.ts';

export interface StageSettings {
  readonly dns: Dns;
  /** Whether `dkim-rules` names this very key, and not its domain alone. */
  isNamed(key: KeyName): boolean;
}

export async function stageSettingsOf({clients, stage}: Context): Promise<StageSettings> {
  const parameters = await parametersOf(clients.ssm, namesOf(stage).parameterPath);
  const {settings} = parseSettings(parameters);
  const rules = parameters.find(({name}) => name === 'dkim-rules')?.value ?? '';
  return {dns: dnsOf(settings.mx), isNamed: key => isNamedIn(rules, key)};
}

/** Rules are `FROM`, `FROM=DOMAIN` or `FROM=DOMAIN/SELECTOR`, with commas between them. */
const isNamedIn = (rules: string, key: KeyName): boolean =>
  rules.split(',').some(rule => {
    const [domain = '', selector = ''] = (rule.split('=')[1] ?? '').trim().split('/');
    const [ofDomain, ofSelector] = [parseSigningDomain(domain), parseSelector(selector)];
    return ofDomain.ok && ofSelector.ok && ofDomain.value === key.domain && ofSelector.value === key.selector;
  });
