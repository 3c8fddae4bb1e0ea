// The text step that makes a text of 7 bits, where the settings say so.

import {withChange} from '../../shared/message/tracking.ts';
import {sevenBitOf} from '../../shared/mime/seven-bit.ts';
import {needsSmtpUtf8} from '../../shared/smtp/address.ts';
import type {TextStep} from './read-message.ts';

export const sevenBit: TextStep = (message, settings) => {
  if (!settings.sevenBit) return {ok: true, message};
  const {text, tracking, envelope, recipient} = message;
  // A server with SMTPUTF8 takes 8 bits (RFC 6531 3.1), and one without it does not take the addresses.
  if (needsSmtpUtf8(recipient) || (envelope !== undefined && needsSmtpUtf8(envelope)))
    return {ok: true, message};
  const made = sevenBitOf(text);
  if (made.kind === 'as-it-is') return {ok: true, message};
  if (made.kind === 'left')
    return {ok: true, message: {...message, tracking: withChange(tracking, `seven-bit-left-${made.reason}`)}};
  return {ok: true, message: {...message, text: made.text, tracking: withChange(tracking, 'seven-bit')}};
};
