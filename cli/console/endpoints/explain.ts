// Where a message would go now, and why: what `relayq explain --json` prints.

import {isJsonObject} from '../../../shared/json.ts';
import {documentOf, explainedOf} from '../../explain/explanation.ts';
import {type Subject, subjectOfMessage, subjectTo} from '../../explain/subject.ts';
import {ConsoleProblem} from '../console-problem.ts';
import type {Route, Visit} from '../visit.ts';

const path = /^\/api\/explain$/;
const source = 'SSM, DynamoDB, SQS attributes, DNS as this machine sees it';

async function documentFor(subject: Subject, {context}: Visit): Promise<object> {
  return {...documentOf(await explainedOf(subject, context), context.stage), source};
}

export const explainRecipient: Route = {
  method: 'GET',
  path,
  withinMs: 60_000,
  answer: async visit => {
    const who = visit.query.get('who')?.trim() ?? '';
    if (who === '') throw new ConsoleProblem('invalid', 'who: a recipient or a domain is wanted');
    return documentFor(subjectTo(who), visit);
  },
};

export const explainMessage: Route = {
  method: 'POST',
  path,
  withinMs: 60_000,
  answer: async visit => documentFor(subjectOfMessage(messageIn(visit)), visit),
};

/** @throws ConsoleProblem */
export function messageIn({body: {message}}: Visit) {
  if (isJsonObject(message)) return message;
  throw new ConsoleProblem('invalid', 'message: an object with recipient, mime, … is wanted');
}
