// Mail to a recipient who is in the suppression list ends here, unless it says that it is to go all the same. The entries for
// a batch are fetched together. While they cannot be read, mail waits: it must not go to somebody who does not want it, and
// it must not be lost.

import type {SuppressionSettings} from '../../settings/groups/suppression.ts';
import {utcTimeOf} from '../../utc-time.ts';
import type {Candidate, Gate, Stop} from '../gate.ts';
import {type SuppressionEntry, suppresses} from '../suppression/entry.ts';
import {isAddress, keysOf} from '../suppression/subject.ts';

export interface SuppressionLook {
  /** By key. */
  readonly entries: ReadonlyMap<string, SuppressionEntry>;
  /** Keys of which nobody knows whether they have one. */
  readonly unread: ReadonlySet<string>;
}

export type LookUp = (keys: readonly string[]) => Promise<SuppressionLook>;

export const suppression =
  (lookUp: LookUp): Gate =>
  async ({candidates, settings: {suppression: how}}) => {
    const keys = new Set(candidates.filter(each => isAsked(each, how)).flatMap(keysFor));
    if (keys.size === 0) return () => undefined;
    const look = await lookUp([...keys]);
    return (candidate, nowMs) =>
      isAsked(candidate, how) ? stopOf(candidate, look, how.after, nowMs) : undefined;
  };

/** Without the setting the list is not read. */
const isAsked = ({message}: Candidate, {isOn, mayOverride}: SuppressionSettings): boolean =>
  isOn && !(mayOverride && message.suppression === false);

const keysFor = ({message}: Candidate) => keysOf(message.recipient);

const againMs = 30_000;

function stopOf(
  candidate: Candidate,
  {entries, unread}: SuppressionLook,
  after: number,
  nowMs: number,
): Stop | undefined {
  const keys = keysFor(candidate);
  const entry = keys
    .map(key => entries.get(key))
    .find(each => each !== undefined && suppresses(each, after, nowMs));
  if (entry !== undefined) return {kind: 'end', fate: 'bounced', entry: resultEntryOf(entry)};
  if (!keys.some(key => unread.has(key))) return undefined;
  return {kind: 'hold', untilMs: nowMs + againMs, cause: 'the suppression list cannot be read'};
}

/** "Mailing list/mailbox access …: X.7.1, delivery not authorized, message refused" (RFC 3463 3.8): where nobody has said more. */
const usualStatus = '5.7.1';

function resultEntryOf({who, reason, source, timeMs, code, status}: SuppressionEntry) {
  const kind = isAddress(who) ? 'recipient' : 'domain';
  return {
    state: 'suppression',
    result: 'error',
    class: kind,
    ...(code !== undefined && {code}),
    status: status ?? usualStatus,
    description: `the ${kind} is suppressed since ${utcTimeOf(timeMs)} by ${source}: ${reason || 'no reason given'}`,
    fatal: true,
  } as const;
}
