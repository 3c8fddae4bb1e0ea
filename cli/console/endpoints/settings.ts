// The settings of a stage with what they may be, changes of them, and whether the functions go by a change.

import {isJsonObject} from '../../../shared/json.ts';
import {settingFactsOf} from '../../../shared/settings/setting-facts.ts';
import {defaultOf} from '../../../shared/settings/settings-list.ts';
import type {Changes} from '../../../shared/settings/writing-order.ts';
import {UsageError} from '../../command/problems.ts';
import {checkName} from '../../settings/assignments.ts';
import {judgedChange, mayWrite, written} from '../../settings/judged-change.ts';
import {settingsDocument} from '../../settings/settings-text.ts';
import {stageSettingsOf} from '../../settings/stage-settings.ts';
import type {Route, Visit} from '../visit.ts';

const path = /^\/api\/settings$/;

export const settings: Route = {
  method: 'GET',
  path,
  async answer({context}) {
    const {settings: all, findings} = await stageSettingsOf(context);
    const document = settingsDocument(context.stage, all, findings);
    return {
      ...document,
      settings: document.settings.map(setting => ({
        ...setting,
        default: defaultOf(setting.name) ?? null,
        ...settingFactsOf(setting.name),
      })),
      source: 'SSM',
    };
  },
};

export const changeSettings: Route = {
  method: 'POST',
  path,
  withinMs: 60_000,
  async answer({context, state, body}) {
    const judged = await judgedChange(context, changesIn(body));
    const notes = [...judged.notes];
    if (judged.changes.size === 0) return {changed: [], notes};
    await mayWrite(context, judged);
    const begun = await state.changes.begin();
    const versions = await written(judged);
    if (typeof begun === 'string') notes.push(begun);
    else state.changes.keep(begun, versions);
    return {changed: [...versions].map(([name, version]) => ({name, version: version ?? null})), notes};
  },
};

const mostChanges = 100;

/** @throws UsageError that quotes no value */
function changesIn({changes}: Visit['body']): Changes {
  if (!isJsonObject(changes)) throw new UsageError('changes: an object with names and values is wanted');
  const entries = Object.entries(changes);
  if (entries.length === 0 || entries.length > mostChanges)
    throw new UsageError(`changes: 1 to ${mostChanges} of them are wanted`);
  return new Map(
    entries.map(([name, value]) => {
      checkName(name);
      if (value !== null && typeof value !== 'string')
        throw new UsageError(`${name}: a text is wanted, or null to remove it`);
      return [name, value === null || value.trim() === '' ? undefined : value];
    }),
  );
}

export const inForce: Route = {
  method: 'GET',
  path: /^\/api\/settings\/in-force$/,
  async answer({state, query}) {
    const versions = new Map(
      [...query].map(([name, version]) => [name, /^\d{1,9}$/.test(version) ? Number(version) : undefined]),
    );
    return {...(await state.changes.look(versions)), source: 'log'};
  },
};
