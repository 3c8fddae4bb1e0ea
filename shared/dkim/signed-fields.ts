// Which header fields a signature covers. Those that readers are shown, or that say what the body is, are signed once more
// often than they are there: nobody can add another one (RFC 6376 5.4.2, 8.15).

import type {Field} from './header-section.ts';

/** Signed once more than they are there. */
const sealed: ReadonlySet<string> = new Set([
  'from',
  'to',
  'cc',
  'subject',
  'date',
  'reply-to',
  'message-id',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
]);

/** Further fields about the body (IANA's registry of MIME fields). Where they are, they are sealed. */
const sealedIfPresent: ReadonlySet<string> = new Set(
  [
    'alternative',
    'base',
    'description',
    'disposition',
    'duration',
    'features',
    'id',
    'identifier',
    'language',
    'location',
    'md5',
    'return',
    'translation-type',
  ].map(name => `content-${name}`),
);

/** Signed as often as they are there: RFC 6376 5.4.1, RFC 8058 4, and Feedback-ID, which mailbox providers read. */
const signedIfPresent: ReadonlySet<string> = new Set([
  'sender',
  'in-reply-to',
  'references',
  'list-id',
  'list-help',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-subscribe',
  'list-post',
  'list-owner',
  'list-archive',
  'feedback-id',
]);

/** Hosts on the way add, change or remove these: trace fields (RFC 5322 3.6.6 and 3.6.7), results and signatures. */
const changing =
  /^(?:return-path|received|received-spf|delivered-to|x-original-to|authentication-results|dkim-signature|domainkey-signature|arc-.*|resent-.*|bcc|x-mq-.*)$/;

/** Whether a field arrives as it was sent. @param name in lower case */
export const isLasting = (name: string): boolean => !changing.test(name);

/** Whether h= can hold a name in a line of its own: a semicolon would end the list (RFC 6376 2.10). */
export const isFieldName = (name: string): boolean => /^[!-9<-~]{1,76}$/.test(name);

/** @param headers further names; those that cannot be signed are passed over. @param unsigned From is signed all the same */
export interface FieldChoice {
  readonly headers?: readonly string[];
  readonly unsigned?: readonly string[];
}

export interface SignedFields {
  /** The names of h=, in order. */
  readonly names: readonly string[];
  /** The fields, as h= takes them: those of a name from the bottom up (RFC 6376 5.4.2). */
  readonly fields: readonly Field[];
}

export function signedFieldsOf(
  all: readonly Field[],
  {headers = [], unsigned = []}: FieldChoice,
): SignedFields {
  const left = new Set(unsigned.map(name => name.toLowerCase()));
  // A signature has to cover From (RFC 6376 5.4).
  left.delete('from');
  const further = headers
    .map(name => name.toLowerCase())
    .filter(name => isFieldName(name) && isLasting(name));
  const wanted = new Set([...sealed, ...sealedIfPresent, ...signedIfPresent, ...further]);
  const present = new Map<string, Field[]>();
  for (const field of all) {
    const {name} = field;
    if (!wanted.has(name) || left.has(name)) continue;
    const same = present.get(name);
    if (same) same.push(field);
    else present.set(name, [field]);
  }
  const names: string[] = [];
  const fields: Field[] = [];
  for (const name of wanted) {
    if (left.has(name)) continue;
    const same = present.get(name) ?? [];
    const isSealed = sealed.has(name) || (sealedIfPresent.has(name) && same.length > 0);
    for (let more = same.length + (isSealed ? 1 : 0); more > 0; more--) names.push(name);
    for (const field of same.toReversed()) fields.push(field);
  }
  return {names, fields};
}
