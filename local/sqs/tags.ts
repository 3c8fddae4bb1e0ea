// Cost allocation tags: what a queue takes ("Amazon SQS cost allocation tags").

import {invalidParameter} from './errors.ts';

export type Tags = Readonly<Record<string, string>>;

const mostTags = 50;

export function checkTags(tags: Tags): void {
  if (Object.keys(tags).length > mostTags)
    throw invalidParameter(`Too many tags added for queue: at most ${mostTags}.`);
  for (const [key, value] of Object.entries(tags)) {
    // "The maximum key length is 128, the maximum value length 256, in Unicode characters" (Tag restrictions).
    if (key === '' || [...key].length > 128)
      throw invalidParameter('Tag keys must be between 1 and 128 characters in length.');
    if ([...value].length > 256)
      throw invalidParameter('Tag values must be between 0 and 256 characters in length.');
    if (key.toLowerCase().startsWith('aws:')) throw invalidParameter("Tag keys can't start with 'aws:'.");
  }
}
