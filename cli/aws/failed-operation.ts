// Which operation of AWS has failed, as permissions name it: not every error says so itself.

const operations = new WeakMap<object, string>();

/** What all clients of the SDK have in common here. */
interface AnyClient {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<unknown>,
        context: {readonly clientName?: string; readonly commandName?: string},
      ) => (args: never) => Promise<unknown>,
      options: {readonly step: 'initialize'; readonly name: string; readonly override: true},
    ): void;
  };
}

/** IAM's names of services, by the SDK's names of clients. */
const services: Readonly<Record<string, string>> = {
  SQSClient: 'sqs',
  SSMClient: 'ssm',
  DynamoDBClient: 'dynamodb',
  CloudWatchLogsClient: 'logs',
  CloudWatchClient: 'cloudwatch',
  STSClient: 'sts',
  LambdaClient: 'lambda',
  ServiceQuotasClient: 'servicequotas',
};

export function noteOperations(client: object): void {
  (client as AnyClient).middlewareStack.add(
    (next, {clientName = '', commandName = ''}) =>
      async args => {
        try {
          return await next(args);
        } catch (error) {
          const service = services[clientName];
          if (typeof error === 'object' && error !== null && service !== undefined)
            noteOperation(error, `${service}:${actionOf(commandName)}`);
          throw error;
        }
      },
    {step: 'initialize', name: 'relayqOperation', override: true},
  );
}

/** What goes to a queue in batches needs the permission of what goes alone. */
const actionOf = (command: string): string =>
  command
    .replace(/Command$/, '')
    .replace(/Batch$/, '')
    .replace(/^Invoke$/, 'InvokeFunction');

export const noteOperation = (error: object, operation: string): void =>
  void operations.set(error, operation);

/** `sqs:GetQueueUrl` */
export const operationOf = (error: object): string | undefined => operations.get(error);
