// Fields that a text should have and has not. They are made of what the first round knows of the message, so that each
// repeated run makes the same.

import {foldedOf} from '../mime/field.ts';
import {nameOf, sectionOf} from '../mime/header-section.ts';
import type {Message} from './message.ts';
import {identityOf} from './tracking.ts';

export const addableFields = ['date', 'message-id'] as const;
export type AddableField = (typeof addableFields)[number];

interface Rules {
  readonly addHeaders: ReadonlySet<AddableField>;
  readonly heloName: string | undefined;
}

export function missingFields(message: Message, {addHeaders, heloName}: Rules) {
  const names = new Set(sectionOf(message.text).fields.map(nameOf));
  return addableFields
    .filter(name => addHeaders.has(name) && !names.has(name))
    .map(name => ({name, field: name === 'date' ? dateOf(message) : messageIdOf(message, heloName)}));
}

const dateOf = ({tracking}: Message): string =>
  foldedOf('Date:', new Date(tracking.arrivedMs).toUTCString().replace('GMT', '+0000'))!;

/**
 * The SQS message ID is unique, and the same in each attempt. The domain is the sender's, as in the texts that are
 * composed: readers of mail compare it with From. A message with the null reverse-path has none: then our own name.
 */
function messageIdOf({tracking, envelope, recipient}: Message, heloName: string | undefined): string {
  const domain = envelope?.domain ?? heloName ?? recipient.domain;
  return foldedOf('Message-ID:', `<${identityOf(tracking)}@${domain}>`)!;
}
