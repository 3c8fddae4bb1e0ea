// CloudWatch Logs on a free port. The tests write AWS JSON 1.1 themselves.

import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import {listen} from '../../../local/endpoint/endpoint.ts';
import {CloudWatchLogs} from '../../../local/logs/cloudwatch-logs.ts';
import {logsService} from '../../../local/logs/service.ts';

export interface Event {
  readonly message: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly logStreamName: string;
  readonly eventId: string;
}

/** The members of all answers, and of errors. */
interface Answer {
  readonly __type?: string;
  readonly message?: string;
  readonly events: readonly Event[];
  readonly logGroups: readonly {readonly logGroupName: string}[];
  readonly logStreams: readonly {readonly logStreamName: string}[];
  readonly nextToken?: string;
  readonly nextForwardToken: string;
  readonly nextBackwardToken: string;
}

export type LogsUnderTest = Awaited<ReturnType<typeof startLogs>>;

/** At the beginning of time: no event is too old. */
export async function startLogs() {
  const logs = new CloudWatchLogs({region: 'us-east-1', accountId: '000000000000', now: () => 0});
  const endpoint = await listen(awsDoors([logsService(logs)]), {port: 0});
  const ask = async (operation: string, input: object): Promise<Answer> => {
    const target = `Logs_20140328.${operation}`;
    const headers = {'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target};
    const response = await fetch(endpoint.url, {method: 'POST', headers, body: JSON.stringify(input)});
    const answer = (await response.json()) as Answer;
    if (response.ok !== (answer.__type === undefined)) throw new Error(`${response.status} for ${target}`);
    return answer;
  };
  return {
    logs,
    url: endpoint.url,
    ask,
    filter: (input: object) => ask('FilterLogEvents', input),
    get: (input: object) => ask('GetLogEvents', input),
    /** `code: message` */
    async errorOf(operation: string, input: object): Promise<string> {
      const {__type: code, message} = await ask(operation, input);
      return `${code}: ${message}`;
    },
    stop: () => endpoint.close(),
  };
}

export const messagesOf = ({events}: {readonly events: readonly Event[]}): string[] =>
  events.map(({message}) => message);
