// What an operator wants of mail: a pause holds it, a forced error ends or defers it, outside of its window it waits. These
// gates may be asked in the middle of a batch: they go by the newest settings that there are.

import type {DeliveryWindow} from '../../message/delivery-window.ts';
import {openingOf} from '../../message/delivery-window.ts';
import type {ForcedError} from '../../settings/groups/errors.ts';
import type {Settings} from '../../settings/settings.ts';
import {inForce} from '../../settings/steering/in-force.ts';
import {utcTimeOf} from '../../utc-time.ts';
import {nextHopName} from '../destination.ts';
import type {Candidate, Decide, Gate, Stop} from '../gate.ts';
import {expiryOf} from '../schedule.ts';
import {isSelected} from '../selected.ts';

/** Newer settings than the batch began with; undefined where there are none. */
export type Newest = () => Settings | undefined;

const none: Newest = () => undefined;

/** Forced errors that end a message. They count before it is due, as nothing is going to be tried. */
export const forcedBounce = (newest: Newest = none): Gate => forced(code => code >= 500, newest);

/** Forced errors that defer it: once for each time that it is due. */
export const forcedDeferral = (newest: Newest = none): Gate => forced(code => code < 500, newest);

const forced =
  (isMeant: (code: number) => boolean, newest: Newest): Gate =>
  ({settings: first}) =>
  (candidate, nowMs) => {
    const settings = newest() ?? first;
    const found = settings.errors.size === 0 ? undefined : forcedIn(candidate, settings, nowMs, isMeant);
    return found && stopBy(...found);
  };

const forcedIn = (
  candidate: Candidate,
  settings: Settings,
  nowMs: number,
  isMeant: (code: number) => boolean,
) =>
  inForce(settings.errors, nowMs).find(
    ([, error]) => isMeant(error.code) && isSelected(candidate, error, settings),
  );

function stopBy(name: string, {code, status, description, reason}: ForcedError): Stop {
  const isFinal = code >= 500;
  const entry = {
    state: 'process',
    result: 'error',
    class: 'other',
    code,
    status: status ?? (isFinal ? '5.7.0' : '4.7.0'),
    description: description ?? reason,
    forced: `errors/${name}`,
    reason,
    fatal: isFinal,
  } as const;
  return isFinal ? {kind: 'end', fate: 'bounced', entry} : {kind: 'defer', entry};
}

export const paused =
  (newest: Newest = none): Gate =>
  ({settings: first}) =>
  (candidate, nowMs) => {
    const settings = newest() ?? first;
    const found = pauseOf(candidate, settings, nowMs);
    if (found === undefined) return undefined;
    const [name, {reason, expire}] = found;
    const untilMs = expiryOf(candidate.message, settings);
    const facts = {
      nextHop: nextHopName(candidate.destination.nextHop),
      pause: `pauses/${name}`,
      reason,
      ...(expire !== undefined && {until: utcTimeOf(expire)}),
    };
    const dueMs = Math.ceil(untilMs / hourMs) * hourMs;
    return {kind: 'hold', untilMs, cause: `paused by pauses/${name}`, facts, heldUntilMs: dueMs};
  };

/** The pause that keeps a message, if one does. */
const pauseOf = (candidate: Candidate, settings: Settings, nowMs: number) =>
  settings.pauses.size === 0
    ? undefined
    : inForce(settings.pauses, nowMs).find(([, pause]) => isSelected(candidate, pause, settings));

const hourMs = 3_600_000;
/** How often held mail is looked at. */
const lookMs = 300_000;

/** Up to an hour it waits beside other mail that is not due; that goes round every quarter of an hour. */
const longestRoundMs = hourMs;

export const inWindow =
  (newest: Newest = none): Gate =>
  ({settings: first}): Decide =>
  (candidate, nowMs) => {
    const settings = newest() ?? first;
    const window = windowOf(candidate, settings);
    const opensMs = window === undefined ? nowMs : openingOf(window, nowMs);
    if (opensMs <= nowMs) return undefined;
    // Its time may be over before that.
    const untilMs = Math.min(opensMs, expiryOf(candidate.message, settings));
    const dueMs = Math.ceil(untilMs / lookMs) * lookMs;
    const facts = {nextHop: nextHopName(candidate.destination.nextHop), opens: utcTimeOf(opensMs)};
    const isLong = untilMs - nowMs > longestRoundMs;
    return {
      kind: 'hold',
      untilMs,
      cause: 'outside of its delivery window',
      facts,
      ...(isLong && {heldUntilMs: dueMs}),
    };
  };

/** The message's own comes first, then that of its domain. */
const windowOf = ({message}: Candidate, {windows}: Settings): DeliveryWindow | undefined =>
  message.window ?? windows.get(message.recipient.domain) ?? windows.get('default');
