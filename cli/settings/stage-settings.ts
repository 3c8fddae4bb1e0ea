// The settings of a stage, and what is wrong with them.

import {namesOf} from '../../shared/names.ts';
import {type ListedSetting, settingsList} from '../../shared/settings/settings-list.ts';
import {parametersOf} from '../aws/parameters.ts';
import type {Context} from '../command/context.ts';
import {type Finding, findingsOf} from './settings-text.ts';

export interface StageSettings {
  readonly settings: readonly ListedSetting[];
  readonly findings: readonly Finding[];
}

export async function stageSettingsOf({clients, stage}: Context): Promise<StageSettings> {
  const stored = await parametersOf(clients.ssm, namesOf(stage).parameterPath);
  const {settings, problems} = settingsList(stored);
  return {settings, findings: findingsOf(stored, problems)};
}
