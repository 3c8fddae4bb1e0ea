// What is done with x-mq-* header fields, unless the message says otherwise.

import {type MqHeadersRule, mqHeadersRules} from '../../message/mq-headers.ts';
import type {NamedGroup} from '../setting-group.ts';

export const mqHeaders: NamedGroup<MqHeadersRule> = {
  names: ['mq-headers'],
  defaults: {'mq-headers': 'obeyed'},
  read: (reader, name) => reader.word(name, mqHeadersRules) ?? 'obeyed',
  // Whoever sets it does not want the fields obeyed.
  fallback: 'stripped',
};
