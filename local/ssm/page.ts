// One page of a list, and the token for the next one. A token goes on after a name rather than after a number, so that no
// item is repeated or left out when others are added or deleted.

import type {Input} from '../endpoint/input.ts';
import {pageTokenOf, positionOf} from '../endpoint/page-token.ts';
import {invalidNextToken} from './errors.ts';
import {count, optionalText} from './input.ts';

interface Page<T> {
  readonly page: readonly T[];
  readonly next: {readonly NextToken?: string};
}

/**
 * Reads which page a request asks for.
 * @param most what MaxResults may be
 * @param usual what it is without one
 * @returns a function that takes the page out of all items, which must be in the order of their keys
 */
export function pagerIn(input: Input, {most, usual}: {readonly most: number; readonly usual: number}) {
  const limit = count(input, 'MaxResults', most) ?? usual;
  const after = lastKeyIn(input);
  return <T>(items: readonly T[], keyOf: (item: T) => string): Page<T> => {
    const rest = after === undefined ? items : items.filter(item => keyOf(item) > after);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    const isMore = last !== undefined && rest.length > page.length;
    return {page, next: isMore ? {NextToken: pageTokenOf(keyOf(last), requestOf(input))} : {}};
  };
}

/** The key that the token stands for. @throws AwsError when the token was not given to this request */
function lastKeyIn(input: Input): string | undefined {
  const token = optionalText(input, 'NextToken', {min: 0});
  if (!token) return undefined;
  const position = positionOf(token, requestOf(input));
  if (position === undefined) throw invalidNextToken();
  return position;
}

/** The request without the parameters that choose the page. */
const requestOf = ({NextToken: _, MaxResults: __, ...request}: Input): Input => request;
