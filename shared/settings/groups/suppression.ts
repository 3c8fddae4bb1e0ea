// Whether mail to suppressed recipients is kept back, and after how many bounces a recipient becomes one.

import {parseWholeNumber} from '../../parsed.ts';
import type {NamedGroup} from '../setting-group.ts';

export interface SuppressionSettings {
  readonly isOn: boolean;
  /** How many hard bounces suppress an address; 0 is none at all. */
  readonly after: number;
  /** Whether messages may say `"suppression": false`. */
  readonly mayOverride: boolean;
}

export const suppression: NamedGroup<SuppressionSettings> = {
  names: ['suppression', 'suppression-after', 'suppression-override'],
  defaults: {suppression: 'off', 'suppression-after': '1', 'suppression-override': 'refused'},
  read: reader => ({
    isOn: reader.word('suppression', ['off', 'on']) === 'on',
    after: reader.parsed('suppression-after', text => parseWholeNumber(text, 0, 1000)) ?? 1,
    mayOverride: reader.word('suppression-override', ['refused', 'allowed']) === 'allowed',
  }),
  // Whoever sets one of them has a list, and wants it obeyed. Nothing is added to it by settings that nobody can read.
  fallback: {isOn: true, after: 0, mayOverride: false},
};
