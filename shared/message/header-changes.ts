// The property `headers`: how a producer has the header section of a text changed. A stranger who writes into texts
// cannot say it, as x-mq-* fields hold no objects.

import * as v from 'valibot';
import {isJsonObject} from '../json.ts';
import {type Field, parseField, parseFieldName} from '../mime/field.ts';
import {endCrs, nameOf, sectionOf, textOf} from '../mime/header-section.ts';
import {type Parsed, right, wrong} from '../parsed.ts';
import {nearNameOf} from './near-mq-field.ts';
import {parsedBy} from './value-schemas.ts';

const notHeaders = 'must be an object such as {"replace": "Subject: hello", "remove": ["X-Mailer"]}';

const madeField = parsedBy<Field>(value => {
  if (typeof value !== 'string') return wrong('must be a header such as "X-Campaign: spring"');
  const field = parseField(value);
  if (field.ok && isMqName(field.value.name))
    return wrong('must not be an x-mq-… header: those are properties of the message');
  return field;
});

const isMqName = (name: string): boolean => nearNameOf(`${name}:`) !== undefined || name === 'x-mq-';

const removedName = parsedBy<string>(
  (value): Parsed<string> =>
    typeof value === 'string' ? parseFieldName(value) : wrong('must be the name of a header'),
);

/** One of a kind or a list of them; null and an empty text are none. */
const listOf = <T>(one: v.GenericSchema<unknown, T>) =>
  v.optional(
    v.lazy((input): v.GenericSchema<unknown, readonly T[]> => {
      if (Array.isArray(input)) return v.array(one) as v.GenericSchema<unknown, readonly T[]>;
      if (input === null || input === '') return parsedBy(() => right([]));
      return v.pipe(
        one,
        v.transform(value => [value]),
      );
    }),
    [],
  );

/** Of a name only one field can be in the place of others. */
const listOfDifferent = v.pipe(
  listOf(madeField),
  v.rawCheck<readonly Field[]>(({dataset, addIssue}) => {
    if (!dataset.typed) return;
    const names = new Set<string>();
    for (const [key, {name}] of dataset.value.entries()) {
      if (names.has(name))
        addIssue({
          message: 'has the name of another one in this list: only one can be in its place',
          path: [{type: 'array', origin: 'value', input: [...dataset.value], key, value: name}],
        });
      names.add(name);
    }
  }),
);

const members = {
  remove: listOf(removedName),
  replace: listOfDifferent,
  update: listOfDifferent,
  prepend: listOf(madeField),
  append: listOf(madeField),
  add: listOf(madeField),
};

const changes = v.objectWithRest(
  members,
  parsedBy<never>(() => wrong(`is unknown; known are ${Object.keys(members).join(', ')}`)),
);

export type HeaderChanges = {readonly [N in keyof typeof members]: v.InferOutput<(typeof members)[N]>};

/** `false`, also as a header field says it, asks for nothing. */
export const headersSchema = v.lazy(
  (input): v.GenericSchema<unknown, HeaderChanges | undefined> =>
    input === false || input === '0' || input === 'false'
      ? parsedBy(() => right(undefined))
      : isJsonObject(input)
        ? changes
        : parsedBy(() => wrong(notHeaders)),
);

/** The fields that a server without SMTPUTF8 does not take, by where they stand in the message. */
export const utf8Paths = (given: HeaderChanges): readonly string[] =>
  (['replace', 'update', 'prepend', 'append', 'add'] as const).flatMap(member =>
    given[member].flatMap(({needsUtf8}, index) => (needsUtf8 ? `headers.${member}.${index}` : [])),
  );

/**
 * The text with its header section changed: remove, replace, update, prepend, append, in this order. Whatever is not
 * changed stays as it is, octet for octet.
 */
export function withHeaderChanges(text: string, given: HeaderChanges): string {
  const {before, fields, rest} = sectionOf(text);
  const removed = new Set(given.remove);
  // A field that is replaced and updated is updated: that comes later.
  const replaced = new Map([...given.replace, ...given.update].map(field => [field.name, field.text]));
  const placed = new Set<string>();
  const parts = [before, ...given.prepend.map(field => field.text)];
  for (const field of fields) {
    const name = nameOf(field);
    const replacement = replaced.get(name);
    if (removed.has(name) || placed.has(name)) endCrs(parts);
    else if (replacement === undefined) parts.push(field);
    else {
      parts.push(replacement);
      placed.add(name);
    }
  }
  const missing = given.replace.filter(({name}) => !placed.has(name)).map(({name}) => replaced.get(name)!);
  const added = [...missing, ...[...given.append, ...given.add].map(field => field.text)];
  return textOf({before: parts.join(''), fields: added, rest}, fields.length === 0);
}
