// The expressions of a request, with the substitutes that they share.

import {type Input, optionalString} from '../endpoint/input.ts';
import {Substitutes} from './substitutes.ts';
import {Tokens} from './tokens.ts';

/** The names of the parameters that a request with expressions has. */
export const substituteNames = ['ExpressionAttributeNames', 'ExpressionAttributeValues'] as const;

type Parsers = Readonly<Record<string, (tokens: Tokens) => unknown>>;
type Parsed<P extends Parsers> = {readonly [Name in keyof P]: ReturnType<P[Name]> | undefined};

/**
 * Parses each expression by its parser; one that the request does not have is undefined.
 * @throws AwsError also when a substitute is not used by any
 */
export function parseExpressions<P extends Parsers>(input: Input, parsers: P): Parsed<P> {
  const substitutes = new Substitutes(input);
  const parsed = Object.entries(parsers).map(([kind, parse]) => {
    const expression = optionalString(input, kind);
    return [kind, expression === undefined ? undefined : parse(new Tokens(kind, expression, substitutes))];
  });
  substitutes.finish(Object.keys(parsers).some(kind => optionalString(input, kind) !== undefined));
  return Object.fromEntries(parsed) as Parsed<P>;
}
