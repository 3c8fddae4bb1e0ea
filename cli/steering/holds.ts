// What holds mail back or ends it, as data: for `relayq hold list` and the console.

import {openingOf} from '../../shared/message/delivery-window.ts';
import {namesOf} from '../../shared/names.ts';
import type {Problem} from '../../shared/parsed.ts';
import {parseSettings, type Settings} from '../../shared/settings/settings.ts';
import {isInForce} from '../../shared/settings/steering/in-force.ts';
import {selectionText} from '../../shared/settings/steering/selection.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import {parametersOf} from '../aws/parameters.ts';
import {QueueDepths} from '../aws/queue-depths.ts';
import type {Context} from '../command/context.ts';

export interface Rule {
  readonly setting: string;
  readonly kind: 'pause' | 'error' | 'window';
  /** What it does: `holds`, `ends as 550`. */
  readonly does: string;
  /** Which mail, in words. */
  readonly mail: string;
  readonly reason?: string;
  /** When it ends, or a window opens, in UTC. */
  readonly until?: string;
  readonly isOver: boolean;
}

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

function rulesOf({pauses, errors, windows}: Settings, nowMs: number): readonly Rule[] {
  const endOf = (expire: number | undefined) => ({
    ...(expire !== undefined && {until: utcTimeOf(expire)}),
    isOver: !isInForce(expire === undefined ? {} : {expire}, nowMs),
  });
  return [
    ...[...pauses].map(
      ([name, pause]): Rule => ({
        setting: `pauses/${name}`,
        kind: 'pause',
        does: 'holds',
        mail: selectionText(pause),
        reason: pause.reason,
        ...endOf(pause.expire),
      }),
    ),
    ...[...errors].map(
      ([name, error]): Rule => ({
        setting: `errors/${name}`,
        kind: 'error',
        does: `${error.code >= 500 ? 'ends' : 'defers'}, with ${error.code},`,
        mail: selectionText(error),
        reason: error.reason,
        ...endOf(error.expire),
      }),
    ),
    ...[...windows].map(([name, window]): Rule => {
      const opensMs = openingOf(window, nowMs);
      const isOpen = opensMs <= nowMs;
      return {
        setting: `windows/${name}`,
        kind: 'window',
        does: isOpen ? 'is open for' : 'holds',
        mail: name === 'default' ? 'mail to all other domains' : `domain ${name}`,
        ...(!isOpen && {until: utcTimeOf(opensMs)}),
        isOver: isOpen,
      };
    }),
  ];
}
