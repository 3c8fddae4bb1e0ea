// The tags in requests: lists of keys and values, within the limits of the API Reference, Tag.

import {type Input, objects} from '../endpoint/input.ts';
import {invalid, tooManyTags, unfit} from './errors.ts';
import {text} from './input.ts';
import type {Parameter} from './parameter.ts';

type Tags = Parameter['tags'];

const mostTags = 50;
const characters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** @throws AwsError */
export function tagsIn(input: Input): Tags {
  const tags = objects(input, 'Tags').map((tag): [string, string] => {
    const pair: [string, string] = [text(tag, 'Key', {max: 128}), text(tag, 'Value', {min: 0, max: 256})];
    if (!pair.every(part => characters.test(part)))
      throw unfit('Tags', `Member must satisfy regular expression pattern: ${characters.source}`);
    if (/^aws:/i.test(pair[0])) throw invalid("Tag keys can't start with 'aws:'.");
    return pair;
  });
  return checkedTags(Object.fromEntries(tags));
}

/** @throws AwsError */
export function checkedTags(tags: Tags): Tags {
  if (Object.keys(tags).length > mostTags) throw tooManyTags(mostTags);
  return tags;
}

export const tagList = (tags: Tags): readonly {readonly Key: string; readonly Value: string}[] =>
  Object.entries(tags).map(([Key, Value]) => ({Key, Value}));
