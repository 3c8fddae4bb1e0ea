// What holds mail back or ends it by the settings, in words.

import {openingOf} from '../message/delivery-window.ts';
import type {Settings} from '../settings/settings.ts';
import {isInForce} from '../settings/steering/in-force.ts';
import {selectionText} from '../settings/steering/selection.ts';
import {utcTimeOf} from '../utc-time.ts';

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

export function rulesOf({pauses, errors, windows}: Settings, nowMs: number): readonly Rule[] {
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
        isOver: false,
      };
    }),
  ];
}
