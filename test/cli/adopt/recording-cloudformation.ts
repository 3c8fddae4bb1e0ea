// As much of CloudFormation as `cdk import` speaks to. It makes nothing: it writes down which change set it was asked for,
// and says that the stack has been made. Any other stack is not there.

import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';

interface ChangeSet {
  readonly type: string;
  readonly template: string;
  readonly imports: readonly {
    readonly logicalId: string;
    readonly type: string;
    readonly identifier: Readonly<Record<string, string>>;
  }[];
}

export interface RecordingCloudFormation {
  readonly url: string;
  readonly changeSets: readonly ChangeSet[];
  /** Whether the last change set was executed. */
  readonly isExecuted: boolean;
  close(): Promise<void>;
}

const accountId = '000000000000';
const stackArn = `arn:aws:cloudformation:us-east-1:${accountId}:stack/relayq-dev/1`;
const changeSetArn = `arn:aws:cloudformation:us-east-1:${accountId}:changeSet/cdk-deploy-change-set/1`;
const time = '2026-01-31T12:34:56Z';

/** In the query protocol lists are `NAME.member.1.…`, maps `NAME.entry.1.key`. */
function importsIn(input: URLSearchParams): ChangeSet['imports'] {
  const imports: ChangeSet['imports'][number][] = [];
  for (let index = 1; ; index++) {
    const at = `ResourcesToImport.member.${index}`;
    const logicalId = input.get(`${at}.LogicalResourceId`);
    if (logicalId === null) return imports;
    const identifier: Record<string, string> = {};
    for (let entry = 1; ; entry++) {
      const key = input.get(`${at}.ResourceIdentifier.entry.${entry}.key`);
      if (key === null) break;
      identifier[key] = input.get(`${at}.ResourceIdentifier.entry.${entry}.value`)!;
    }
    imports.push({logicalId, type: input.get(`${at}.ResourceType`)!, identifier});
  }
}

export async function startRecordingCloudFormation(): Promise<RecordingCloudFormation> {
  const changeSets: ChangeSet[] = [];
  let isExecuted = false;
  const stack = (status: string) =>
    `<Stacks><member><StackId>${stackArn}</StackId><StackName>relayq-dev</StackName><StackStatus>${status}</StackStatus><CreationTime>${time}</CreationTime></member></Stacks>`;
  /** @returns the result; undefined for an operation that it has not got */
  const resultOf = (input: URLSearchParams): string | undefined => {
    switch (input.get('Action')) {
      case 'DescribeStacks':
        return isExecuted && input.get('StackName')?.includes('relayq-dev')
          ? stack('IMPORT_COMPLETE')
          : undefined;
      case 'CreateChangeSet':
        changeSets.push({
          type: input.get('ChangeSetType')!,
          template: input.get('TemplateBody')!,
          imports: importsIn(input),
        });
        return `<Id>${changeSetArn}</Id><StackId>${stackArn}</StackId>`;
      case 'DescribeChangeSet':
        return `<ChangeSetId>${changeSetArn}</ChangeSetId><StackId>${stackArn}</StackId><StackName>relayq-dev</StackName><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><CreationTime>${time}</CreationTime><Changes><member><Type>Resource</Type><ResourceChange><Action>Import</Action></ResourceChange></member></Changes>`;
      case 'ExecuteChangeSet':
        isExecuted = true;
        return '';
      case 'DescribeEvents':
      case 'DescribeStackEvents':
        return '';
      default:
        return undefined;
    }
  };
  const server = createServer(async (request, response) => {
    const input = new URLSearchParams(await text(request));
    const action = input.get('Action') ?? '';
    const result = resultOf(input);
    response.setHeader('Content-Type', 'text/xml');
    if (result === undefined) {
      response.statusCode = 400;
      const message =
        action === 'DescribeStacks' ? `Stack with id ${input.get('StackName')} does not exist` : action;
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
      );
    } else
      response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    changeSets,
    get isExecuted() {
      return isExecuted;
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
