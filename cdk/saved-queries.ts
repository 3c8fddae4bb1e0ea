// The questions of docs/operate.md as saved queries of Logs Insights, so that nobody has to type them. A test compares them.

import {CfnQueryDefinition, type LogGroup} from 'aws-cdk-lib/aws-logs';
import {Construct} from 'constructs';
import type {Names} from '../shared/names.ts';

type LogGroups = Readonly<Record<'route' | 'deliver', LogGroup>>;

interface Question {
  /** Its name in the console, below the folder of the stage. */
  readonly asks: string;
  readonly query: string;
  /** The functions whose logs know. */
  readonly of: readonly (keyof LogGroups)[];
}

const deliver = ['deliver'] as const;
const both = ['route', 'deliver'] as const;

const questions: Readonly<Record<string, Question>> = {
  Deferred: {
    asks: 'what is deferred, and why',
    query:
      'filter message = "attempt" and fate = "deferred" | stats count() as attempts by domain, nextHop, description | sort attempts desc',
    of: deliver,
  },
  Bounced: {
    asks: 'what is bounced, and why',
    query:
      'filter message = "attempt" and fate = "bounced" | stats count() as attempts by class, domain, code, description | sort attempts desc',
    of: deliver,
  },
  Waiting: {
    asks: 'what waits without being tried',
    query:
      'filter message like /^(message held|lane hidden)/ | stats count() as times by message, domain, lane | sort times desc',
    of: both,
  },
  Receivers: {
    asks: 'which receivers were in trouble, why, and how each is now',
    query:
      'filter message like /^receiver is/ | stats count() as changes, latest(message) as state, latest(reason) as why, max(@timestamp) as at by receiver | sort at desc',
    of: deliver,
  },
  Durations: {
    asks: 'how long attempts take',
    query:
      'filter message = "attempt" | stats count() as attempts, avg(durationMs) as average, pct(durationMs, 95) as p95 by nextHop | sort p95 desc',
    of: deliver,
  },
  OneMessage: {
    asks: 'what became of one message',
    query: 'filter id = "THE-ID" | sort @timestamp asc',
    of: both,
  },
  Twice: {
    asks: 'what may have arrived twice',
    query: 'filter ispresent(maybesent) | fields id, domain, nextHop, description',
    of: deliver,
  },
  Faults: {
    asks: 'what is our own fault',
    query: 'filter level = "error" | stats count() by message',
    of: both,
  },
};

export function saveQueries(stack: Construct, names: Names, logGroups: LogGroups): void {
  const queries = new Construct(stack, 'Queries');
  for (const [id, {asks, query, of}] of Object.entries(questions)) {
    new CfnQueryDefinition(queries, id, {
      name: `${names.savedQueries}${asks}`,
      // As the console writes it: a line for each command.
      queryString: query.replaceAll(' | ', '\n| '),
      logGroupNames: of.map(name => logGroups[name].logGroupName),
    });
  }
}
