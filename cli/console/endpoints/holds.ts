// What holds mail back or ends it, and what a pause or a cancellation would concern. They are written as settings are.

import {isJsonObject} from '../../../shared/json.ts';
import {selectionText} from '../../../shared/settings/steering/selection.ts';
import {utcTimeOf} from '../../../shared/utc-time.ts';
import {UsageError} from '../../command/problems.ts';
import {estimateOf, estimateText} from '../../steering/estimate.ts';
import {holdsOf} from '../../steering/holds.ts';
import {cancelledMs, plannedRule} from '../../steering/planned-rule.ts';
import type {Route} from '../visit.ts';

export const holds: Route = {
  method: 'GET',
  path: /^\/api\/holds$/,
  keptMs: 1_000,
  answer: async ({context}) => ({...(await holdsOf(context)), source: 'SSM and SQS'}),
};

export const previewHold: Route = {
  method: 'POST',
  path: /^\/api\/holds\/preview$/,
  withinMs: 30_000,
  async answer({context, body: {kind, name, rule}}) {
    if (kind !== 'pauses' && kind !== 'errors') throw new UsageError('kind: pauses or errors is wanted');
    if (!isJsonObject(rule)) throw new UsageError('rule: an object is wanted');
    if (name !== undefined && typeof name !== 'string') throw new UsageError('name: a text is wanted');
    const expire = utcTimeOf(context.now() + cancelledMs);
    const value = kind === 'errors' ? {code: 550, expire, ...rule} : rule;
    const {setting, text, selection} = plannedRule(kind, name, value);
    const estimate = await estimateOf(context, selection);
    return {
      setting,
      text,
      mail: selectionText(selection),
      estimate,
      estimateText: estimateText(estimate),
      source: 'SQS, the log, and a sample of held mail',
    };
  },
};
