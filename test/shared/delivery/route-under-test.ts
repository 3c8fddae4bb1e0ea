// What route decides of one message, in a form that tests can compare: delivered, held or answered, with the body that is
// sent on.

import type {Decide} from '../../../shared/delivery/gate.ts';
import {due} from '../../../shared/delivery/gates/due.ts';
import {expiry} from '../../../shared/delivery/gates/expiry.ts';
import {settingsKnown} from '../../../shared/delivery/gates/settings-known.ts';
import {nextRoundOf} from '../../../shared/delivery/next-round.ts';
import {type Outcome, type RecordText, stopped} from '../../../shared/delivery/outcome.ts';
import {placementOf} from '../../../shared/delivery/receivers/placement.ts';
import {invalidResultOf, reasonOf, resultOf} from '../../../shared/delivery/result.ts';
import {candidateOf, type Forward, forwardOf} from '../../../shared/delivery/route.ts';
import type {ParsedMessage, ResultQueues} from '../../../shared/message/message.ts';
import type {Settings} from '../../../shared/settings/settings.ts';

export type Decision =
  | ({readonly kind: 'deliver'} & Forward)
  | {readonly kind: 'hold'; readonly body: string; readonly delaySeconds: number; readonly reason?: string}
  | {
      readonly kind: 'answer';
      readonly fate: 'invalid' | 'expired';
      readonly body: string;
      readonly queues: ResultQueues;
      readonly reason: string;
      readonly isOversize?: boolean;
    };

/** In the order in which route has them. */
const gates = [expiry, due, settingsKnown];

export function decideRoute(
  parsed: ParsedMessage,
  record: RecordText,
  settings: Settings,
  nowMs: number,
): Decision {
  const candidate = candidateOf(parsed, record, settings, nowMs);
  if ('fate' in candidate) return shown(candidate);
  const batch = {candidates: [candidate], settings, now: () => nowMs};
  for (const gate of gates) {
    const stop = (gate(batch) as Decide)(candidate, nowMs);
    if (stop?.kind === 'hold' || stop?.kind === 'end')
      return shown(stopped(candidate, stop, settings, nowMs));
  }
  return {kind: 'deliver', ...forwardOf(candidate, placementOf(undefined, false), 5)};
}

function shown(outcome: Outcome): Decision {
  switch (outcome.fate) {
    case 'held': {
      const reason = outcome.stop.facts?.reason as string | undefined;
      const {body, delaySeconds = 0} = nextRoundOf(outcome)!;
      return {kind: 'hold', body, delaySeconds, ...(reason !== undefined && {reason})};
    }
    case 'invalid': {
      const {fate, queues, refusal} = outcome;
      const {body, isQuoted} = invalidResultOf(outcome);
      const reason = reasonOf(refusal);
      return {kind: 'answer', fate, body, queues, reason, ...(!isQuoted && {isOversize: true})};
    }
    case 'expired': {
      const {fate, queues, entries} = outcome;
      const reason = String(entries.at(-1)!.description);
      return {kind: 'answer', fate, body: resultOf(outcome), queues, reason};
    }
    default:
      throw new Error(`route decided ${outcome.fate}`);
  }
}
