// What the settings say of the list, for whoever looks at it.

import {namesOf} from '../../shared/names.ts';
import type {SuppressionSettings} from '../../shared/settings/groups/suppression.ts';
import {parseSettings} from '../../shared/settings/settings.ts';
import {parametersOf} from '../aws/parameters.ts';
import type {Context} from '../command/context.ts';
import type {Standing} from './entry-text.ts';

export interface StageStanding extends Standing {
  readonly settings: SuppressionSettings;
}

export async function standingOf({clients, stage, now}: Context): Promise<StageStanding> {
  const parameters = await parametersOf(clients.ssm, namesOf(stage).parameterPath);
  const {suppression: settings} = parseSettings(parameters).settings;
  return {settings, after: settings.after, nowMs: now()};
}

/** What somebody must know who has put something there. */
export function tellIfOff({terminal}: Context, {isOn}: SuppressionSettings): void {
  if (!isOn) terminal.tell('the list is not read: relayq set suppression on');
}
