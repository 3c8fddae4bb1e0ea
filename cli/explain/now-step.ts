// What stands in a message's way now: a gate that stops it, what is known of its receiver, its dates.

import type {Stop} from '../../shared/delivery/gate.ts';
import {rateLimitOf} from '../../shared/delivery/gates/rate.ts';
import {stateOf} from '../../shared/delivery/receivers/change-line.ts';
import type {Entry} from '../../shared/delivery/receivers/entry.ts';
import {isUnanswered} from '../../shared/delivery/receivers/entry.ts';
import {dueOf, expiryOf} from '../../shared/delivery/schedule.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {timeText} from '../terminal/time.ts';
import type {Prospect} from './prospect.ts';
import type {Fact, Step, TimeOf} from './step.ts';

export interface NowAbout {
  readonly settings: Settings;
  readonly nowMs: number;
  readonly timeOf: TimeOf;
  /** Whether its delivery queue is so full that route may hold mail back for others. */
  readonly isFull: boolean;
}

export function nowStep(prospect: Prospect, about: NowAbout): Step {
  const {candidate, entry, stopped, isProbe} = prospect;
  const {settings, nowMs, timeOf, isFull} = about;
  const {message} = candidate;
  const dueMs = dueOf(message, nowMs);
  const expiryMs = expiryOf(message, settings);
  const limit = rateLimitOf(candidate);
  const facts: Fact[] = [
    ...(stopped ? [{what: 'stopped', ...stopWords(stopped.stop, timeOf), isBad: true}] : []),
    suppressionFact(prospect, settings),
    ...receiverFacts(entry, timeOf),
    ...(isProbe ? [{what: 'probe', is: 'it would be the next probe of its receiver'}] : []),
    ...(limit && stopped === undefined ? [{what: 'rate', is: 'there is a slot for it now'}] : []),
    ...(isFull
      ? [
          {
            what: 'admission',
            is: 'its delivery queue is full enough that route may hold it for 15 s at a time',
            why: 'only route’s environments know how much of that is its receiver’s',
          },
        ]
      : []),
    {
      what: 'due',
      is: dueMs > nowMs ? timeOf(dueMs) : 'now',
      ...(dueMs > nowMs && {why: 'its nextattempt', isBad: true}),
    },
    {
      what: 'given up',
      is: `${timeOf(expiryMs)}, if it arrived now`,
      why: message.maxDeliverTimeMs === undefined ? 'max-delivertime' : 'its maxdelivertime',
    },
  ];
  return {
    step: 'now',
    facts,
    data: {
      state: stateOf(entry),
      ...(entry && entryData(entry)),
      isProbe,
      isFull,
      due: timeText(dueMs, false),
      expires: timeText(expiryMs, false),
      stopped: stopped ? {by: stopped.by, ...stopData(stopped.stop)} : null,
    },
  };
}

function suppressionFact({candidate, stopped}: Prospect, {suppression}: Settings): Fact {
  const what = 'suppression';
  if (!suppression.isOn) return {what, is: 'off', why: 'the list is not read'};
  const stop = stopped?.stop;
  if (stop?.kind === 'end' && stop.entry.state === 'suppression')
    return {what, is: `by the ${stop.entry.class}`, why: stop.entry.description, isBad: true};
  if (suppression.mayOverride && candidate.message.suppression === false)
    return {what, is: 'not asked', why: 'the message says that it is to go all the same'};
  return stop === undefined || stopped?.by === 'deliver'
    ? {what, is: 'none', why: 'neither the address nor its domain is in the list'}
    : {what, is: 'not asked', why: 'it is stopped before'};
}

function receiverFacts(entry: Entry | undefined, timeOf: TimeOf): readonly Fact[] {
  if (entry === undefined) return [{what: 'receiver', is: 'up', why: 'nothing is known against it'}];
  const {down, slow, probe, pace, failures, lates, reason, fastFromMs} = entry;
  const state = stateOf(entry);
  const sinceMs = down?.sinceMs ?? slow?.sinceMs;
  const unanswered = isUnanswered(entry) ? ', and has not answered since' : '';
  const claim = probe?.claimedUntilMs;
  return [
    {
      what: 'receiver',
      is: sinceMs === undefined ? state : `${state} since ${timeOf(sinceMs)}${unanswered}`,
      why: reason || undefined,
      ...(state !== 'up' && {isBad: true}),
    },
    ...(state === 'up' && failures + lates > 0
      ? [
          {
            what: 'signs',
            is: `${failures} failures, ${lates} late answers`,
            why: 'not enough to be in trouble',
          },
        ]
      : []),
    ...(probe ? [{what: 'next probe', is: timeOf(probe.dueMs)}] : []),
    ...(claim === undefined ? [] : [{what: 'under way', is: `a probe, until ${timeOf(claim)} at most`}]),
    ...(slow ? [{what: 'slow queue', is: `begins ${timeOf(slow.fromMs)}`}] : []),
    ...(fastFromMs === undefined ? [] : [{what: 'fast queue', is: `begins ${timeOf(fastFromMs)}`}]),
    ...(pace
      ? [{what: 'pace', is: `takes ${Math.round(pace.perMinute)} a minute`, why: `seen ${timeOf(pace.atMs)}`}]
      : []),
  ];
}

function entryData({down, slow, probe, pace, failures, lates, reason}: Entry) {
  const sinceMs = down?.sinceMs ?? slow?.sinceMs;
  return {
    failures,
    lates,
    reason,
    ...(sinceMs !== undefined && {since: timeText(sinceMs, false)}),
    ...(probe && {nextProbe: timeText(probe.dueMs, false)}),
    ...(pace && {pacePerMinute: pace.perMinute}),
  };
}

/** What a stop does, and why. */
export function stopWords(stop: Stop, timeOf: TimeOf): {readonly is: string; readonly why: string} {
  switch (stop.kind) {
    case 'hold': {
      const reason = stop.facts?.reason;
      const cause = stop.cause ?? 'it asked for it: it is not due before';
      const why = reason === undefined ? cause : `${cause}: ${reason}`;
      if (stop.heldUntilMs !== undefined) return {is: heldText(stop), why};
      return {is: `waits outside until ${timeOf(stop.untilMs)}`, why};
    }
    case 'hide':
      return {is: `waits in its lane until ${timeOf(stop.untilMs)}`, why: stop.cause};
    case 'move':
      return {is: `moves to the ${stop.queue} queue`, why: 'its receiver changes queues'};
    case 'defer':
      return {is: 'is deferred', why: stop.entry.description};
    case 'end':
      return {is: stop.fate === 'expired' ? 'is given up' : 'bounces', why: stop.entry.description};
  }
}

/** A pause without an end lasts until somebody removes it. */
function heldText({facts: {until, opens} = {}}: Extract<Stop, {kind: 'hold'}>): string {
  const end = until ?? opens;
  return end === undefined ? 'is held until that is removed' : `is held until ${end}Z`;
}

const stopData = (stop: Stop) => ({
  kind: stop.kind,
  ...('untilMs' in stop && {until: timeText(stop.untilMs, false)}),
  why: stopWords(stop, ms => timeText(ms, false)).why,
});
