// A pause or a forced error that somebody wants: read as the functions would read it, and with a name.

import {parseForcedError} from '../../shared/settings/groups/errors.ts';
import {parsePause, parseRuleName} from '../../shared/settings/groups/pauses.ts';
import type {Selection} from '../../shared/settings/steering/selection.ts';
import {UsageError} from '../command/problems.ts';

export interface PlannedRule {
  /** `pauses/spring` */
  readonly setting: string;
  readonly value: object;
  /** As the parameter holds it. */
  readonly text: string;
  readonly selection: Selection;
}

/** How long mail is cancelled: for what is on its way, and for who still sends it. */
export const cancelledMs = 7 * 86_400_000;

const parsers = {pauses: parsePause, errors: parseForcedError} as const;

/** @throws UsageError where the functions would not take it */
export function plannedRule(
  kind: keyof typeof parsers,
  given: string | undefined,
  value: object,
): PlannedRule {
  const text = JSON.stringify(value);
  const parsed = parsers[kind](text);
  if (!parsed.ok) throw new UsageError(`it ${parsed.problem}`);
  const name = parseRuleName(given ?? nameFor(parsed.value));
  if (!name.ok) throw new UsageError(`the name ${name.problem}`);
  return {setting: `${kind}/${name.value}`, value, text, selection: parsed.value};
}

/** What people would call it: by its tag, its domain, and so on. */
export function nameFor({tag, domain, nextHop, recipient, id}: Selection): string {
  const words = [tag, domain, nextHop, recipient, id].filter(word => word !== undefined);
  const name = words
    .join('-')
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return name.slice(0, 100) || 'all';
}
