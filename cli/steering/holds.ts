// What holds mail back or ends it, as data: for `relayq hold list` and the console.

import {namesOf} from '../../shared/names.ts';
import {type Rule, rulesOf} from '../../shared/overview/rules.ts';
import type {Problem} from '../../shared/parsed.ts';
import {parseSettings} from '../../shared/settings/settings.ts';
import {parametersOf} from '../aws/parameters.ts';
import {QueueDepths} from '../aws/queue-depths.ts';
import type {Context} from '../command/context.ts';

export interface Holds {
  readonly version: 1;
  readonly stage: string;
  /** How many messages SQS counts in the queue of held mail, about. */
  readonly held: number;
  readonly rules: readonly Rule[];
  readonly problems: readonly Problem[];
}

export async function holdsOf(context: Context): Promise<Holds> {
  const {clients, stage, now} = context;
  const names = namesOf(stage);
  const [parameters, [depth]] = await Promise.all([
    parametersOf(clients.ssm, names.parameterPath),
    new QueueDepths(context).of([names.held]),
  ]);
  const {settings, problems} = parseSettings(parameters);
  const {visible, inFlight, delayed} = depth!;
  return {
    version: 1,
    stage,
    held: visible + inFlight + delayed,
    rules: rulesOf(settings, now()),
    problems: problems.filter(({path}) => /^(?:pauses|errors|windows)\//.test(path)),
  };
}
