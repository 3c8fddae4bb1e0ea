// Properties that say nothing: null, and in ours an empty text. Many producers write so what they have not got.

import {isJsonObject, type Json, type JsonObject} from '../json.ts';
import {messageSchema} from './message-schema.ts';

/** In these an empty text is a mistake. */
const mandatory = ['recipient', 'mime'];

const isUnset = (value: Json | undefined): boolean =>
  value === null || value === undefined || (typeof value === 'string' && value.trim() === '');

export const withoutUnset = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object)
      .map(([name, value]) => [name, isJsonObject(value) ? setOf(name, value) : value] as const)
      .filter(([name, value]) => value !== null && !isEmpty(name, value)),
  );

const isEmpty = (name: string, value: Json): boolean =>
  Object.hasOwn(messageSchema.entries, name) && !mandatory.includes(name) && isUnset(value);

/** An object without the members that say nothing; null where nothing is left of it. */
function setOf(name: string, value: JsonObject): Json {
  switch (name) {
    case 'nextattempt':
      return 'time' in value && isUnset(value.time) ? null : value;
    case 'queues':
      // Null means no queue, empty means the stage's own.
      return without(value, member => member !== null && isUnset(member));
    case 'smarthost': {
      // A password may be made of blanks.
      const set = without(value, (member, of) =>
        of === 'password' && member !== null ? member === '' : isUnset(member),
      );
      return Object.keys(set).length === 0 ? null : set;
    }
    default:
      return value;
  }
}

const without = (object: JsonObject, isLeftOut: (value: Json, name: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name, value]) => !isLeftOut(value, name)));
