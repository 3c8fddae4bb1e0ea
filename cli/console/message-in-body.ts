// The message that the page has posted.

import {isJsonObject, type JsonObject} from '../../shared/json.ts';
import {UsageError} from '../command/problems.ts';
import {type Subject, subjectOfMessage} from '../explain/subject.ts';

/** @throws UsageError where it is none, or too large */
export function messageIn({message}: JsonObject): Subject & {readonly source: string} {
  if (isJsonObject(message)) return subjectOfMessage(message);
  throw new UsageError('message: an object with recipient, mime, … is wanted');
}
