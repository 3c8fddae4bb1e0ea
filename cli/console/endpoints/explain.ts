// Where a message would go now, and why: what `relayq explain --json` prints.

import {documentOf, explainedOf} from '../../explain/explanation.ts';
import {type Subject, subjectTo} from '../../explain/subject.ts';
import {ConsoleProblem} from '../console-problem.ts';
import {messageIn} from '../message-in-body.ts';
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
  answer: async visit => documentFor(messageIn(visit.body), visit),
};
