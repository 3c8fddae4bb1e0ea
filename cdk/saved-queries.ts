// The questions of docs/operate.md, as queries that Logs Insights offers by name.

import {CfnQueryDefinition} from 'aws-cdk-lib/aws-logs';
import {Construct} from 'constructs';
import type {RelayqFunction} from './relayq-function.ts';

/** By the name that it has in CloudWatch. Those of a message ask for an id that stands for any. */
const queries: Readonly<Record<string, string>> = {
  'what is deferred, and why':
    'filter message = "attempt" and fate = "deferred" | stats count() as attempts by domain, nextHop, description | sort attempts desc',
  'what is bounced, and why':
    'filter message = "attempt" and fate = "bounced" | stats count() as attempts by domain, code, description | sort attempts desc',
  'what waits without being tried':
    'filter message like /^(message held|lane hidden)/ | stats count() as times by message, domain, lane | sort times desc',
  'which receivers were in trouble, why, and how each is now':
    'filter message like /^receiver is/ | stats count() as changes, latest(message) as state, latest(reason) as why, max(@timestamp) as at by receiver | sort at desc',
  'how long attempts take':
    'filter message = "attempt" | stats count() as attempts, avg(durationMs) as average, pct(durationMs, 95) as p95 by nextHop | sort p95 desc',
  'what became of one message': 'filter id = "8ee6…" | sort @timestamp asc',
  'what may have arrived twice': 'filter ispresent(maybesent) | fields id, domain, nextHop, description',
  'what is our own fault': 'filter level = "error" | stats count() by message',
};

export interface SavedQueriesProps {
  readonly stage: string;
  readonly functions: readonly RelayqFunction[];
}

export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, {stage, functions}: SavedQueriesProps) {
    super(scope, id);
    for (const [index, [name, queryString]] of Object.entries(queries).entries())
      new CfnQueryDefinition(this, `Query${index + 1}`, {
        name: `relayq/${stage}/${name}`,
        queryString,
        logGroupNames: functions.map(({logGroup}) => logGroup.logGroupName),
      });
  }
}
