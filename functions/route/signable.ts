// The text step that refuses a message that wants a signature which its text cannot have.

import {parseSignable} from '../../shared/dkim/signature.ts';
import {refusing} from '../../shared/message/message.ts';
import {sentLines} from '../../shared/smtp/content.ts';
import type {TextStep} from './read-message.ts';

export const signable: TextStep = message => {
  const text = message.dkim.length > 0 ? parseSignable(sentLines(message.text)) : undefined;
  return text?.ok === false ? refusing(message, {path: 'mime', problem: text.problem}) : {ok: true, message};
};
