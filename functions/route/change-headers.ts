// The text step that changes the header section as the property `headers` says.

import {utf8Paths, withHeaderChanges} from '../../shared/message/header-changes.ts';
import {refusing} from '../../shared/message/message.ts';
import {needsSmtpUtf8} from '../../shared/smtp/address.ts';
import type {TextStep} from './read-message.ts';

const problem =
  'has characters other than ASCII where no encoded word may stand: only a message whose envelope or recipient needs SMTPUTF8 may have them';

export const changeHeaders: TextStep = message => {
  const {headers, envelope, recipient, text} = message;
  if (headers === undefined) return {ok: true, message};
  const [first, ...others] = utf8Paths(headers).map(path => ({path, problem}));
  const isUtf8 = needsSmtpUtf8(recipient) || (envelope !== undefined && needsSmtpUtf8(envelope));
  if (first !== undefined && !isUtf8)
    return {...refusing(message, first), problems: [first, ...others].slice(0, 50)};
  return {ok: true, message: {...message, text: withHeaderChanges(text, headers), headers: undefined}};
};
