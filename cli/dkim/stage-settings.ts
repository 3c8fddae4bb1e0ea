// What the settings of a stage have to do with keys: whom to ask for records, and what the rules make of keys.

import type {Dns} from '../../functions/deliver/next-hop/dns.ts';
import {dnsOf} from '../../functions/deliver/next-hop/lookup.ts';
import type {KeyName} from '../../shared/dkim/key-name.ts';
import {namesOf} from '../../shared/names.ts';
import {parseSettings} from '../../shared/settings/settings.ts';
import {parametersOf} from '../aws/parameters.ts';
import type {Context} from '../command/context.ts';

export interface StageSettings {
  readonly dns: Dns;
  /** Whether `dkim-rules` names this very key, and not its domain alone. */
  isNamed(key: KeyName): boolean;
  /** Whether a new key of the domain would sign mail at once. */
  isAwaited(domain: string): boolean;
}

export async function stageSettingsOf({clients, stage}: Context): Promise<StageSettings> {
  const parameters = await parametersOf(clients.ssm, namesOf(stage).parameterPath);
  const {mx, dkim} = parseSettings(parameters).settings;
  return {
    dns: dnsOf(mx),
    isNamed: ({domain, selector}) =>
      dkim.rules.some(({keys}) => keys?.domain === domain && keys.selector === selector),
    // A rule without keys is for those of each From domain.
    isAwaited: domain =>
      dkim.rules.some(
        ({keys}) => keys === undefined || (keys.domain === domain && keys.selector === undefined),
      ),
  };
}
