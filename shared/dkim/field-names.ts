// Names of header fields that somebody wants signed or left unsigned.

import {type Parsed, right, wrong} from '../parsed.ts';
import {isFieldName, isLasting} from './signed-fields.ts';

const most = 50;

/** A list, or a text with commas or colons between the names. */
export function parseFieldNames(value: unknown): Parsed<readonly string[]> {
  const list = typeof value === 'string' ? value.split(/[,:]/) : value;
  if (!Array.isArray(list) || list.length > most)
    return wrong(`must be a list of at most ${most} names of header fields`);
  const names = list.map(item => (typeof item === 'string' ? item.trim() : ''));
  if (!names.every(isFieldName)) return wrong('must hold names of header fields only');
  const changing = names.filter(name => !isLasting(name.toLowerCase()));
  if (changing.length > 0) return wrong(`must not hold ${changing.join(', ')}: hosts on the way change that`);
  return right(names);
}
