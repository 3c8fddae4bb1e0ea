// One page of a list, and the token that the next one is asked for with. A token goes on after a name rather than
// a number: what is added or deleted meanwhile neither repeats nor hides another.

import {createHash} from 'node:crypto';
import {isJsonObject, type Json} from '../../shared/json.ts';
import {invalidNextToken} from './errors.ts';
import {count, type Input, optionalText} from './input.ts';

interface Page<T> {
  readonly page: readonly T[];
  readonly next: {readonly NextToken?: string};
}

/**
 * Reads which page a request asks for.
 * @param most what MaxResults may be
 * @param usual what it is where the request has none
 * @returns takes that page out of all items, which must be in the order of their keys
 */
export function pagerIn(input: Input, {most, usual}: {readonly most: number; readonly usual: number}) {
  const limit = count(input, 'MaxResults', most) ?? usual;
  const after = lastKeyIn(input);
  return <T>(items: readonly T[], keyOf: (item: T) => string): Page<T> => {
    const rest = after === undefined ? items : items.filter(item => keyOf(item) > after);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    const isMore = last !== undefined && rest.length > page.length;
    return {page, next: isMore ? {NextToken: tokenOf({after: keyOf(last), of: requestOf(input)})} : {}};
  };
}

/** The key that the token stands for. @throws AwsError when it is not one that this request was given */
function lastKeyIn(input: Input): string | undefined {
  const token = optionalText(input, 'NextToken', {min: 0});
  if (!token) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw invalidNextToken();
  }
  if (!isJsonObject(content) || typeof content.after !== 'string' || content.of !== requestOf(input))
    throw invalidNextToken();
  return content.after;
}

const tokenOf = (content: Json): string => Buffer.from(JSON.stringify(content)).toString('base64url');

/** The request apart from which page it asks for. */
function requestOf({NextToken: _, MaxResults: __, ...request}: Input): string {
  const entries = Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('base64url').slice(0, 16);
}
