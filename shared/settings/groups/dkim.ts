// Which mail is signed, and how long signatures hold. The keys lie elsewhere: functions fetch those that they need.

import {parseDkimRule} from '../../dkim/dkim-rules.ts';
import type {DkimSettings} from '../../dkim/message-signings.ts';
import {parseSeconds} from '../../parsed.ts';
import type {NamedGroup} from '../setting-group.ts';

export const dkim: NamedGroup<DkimSettings> = {
  names: ['dkim-rules', 'dkim-expire'],
  // Unsigned mail would be refused, or harm the domain's name.
  mailWaits: true,
  read: reader => ({
    rules: reader.list('dkim-rules', parseDkimRule) ?? [],
    expireSeconds: reader.parsed('dkim-expire', text => parseSeconds(text, 60)),
  }),
};
