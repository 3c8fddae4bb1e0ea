// Schemas of single values in a message, as JSON has them or as a header field says them.

import * as v from 'valibot';
import {oneOf, type Parsed, parseWholeNumber, right, wrong} from '../parsed.ts';
import {parseUtcTime} from '../utc-time.ts';

/** A schema for one value from its parser. */
export const parsedBy = <T>(parse: (value: unknown) => Parsed<T>) =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({dataset, addIssue, NEVER}) => {
      const parsed = parse(dataset.value);
      if (parsed.ok) return parsed.value;
      addIssue({message: parsed.problem});
      return NEVER;
    }),
  );

/** JSON's numbers, and the digits of a header field. */
export const wholeNumber = (least: number, most: number) =>
  parsedBy(value => parseWholeNumber(value, least, most));

/** JSON's booleans, and what a header field can say. */
export const flag = parsedBy<boolean>(value => {
  if ([true, 1, '1', 'true', 'yes'].includes(value as string)) return right(true);
  if ([false, 0, '0', 'false', 'no'].includes(value as string)) return right(false);
  return wrong('must be true or false');
});

export const time = parsedBy<number>(value => {
  const ms = typeof value === 'string' ? parseUtcTime(value) : undefined;
  return ms === undefined ? wrong('must be a UTC time as YYYY-MM-DD HH:MM:SS') : right(ms);
});

export const word = <T extends string>(words: readonly T[]) => parsedBy(oneOf(words));
