// The query protocol of SQS, version 2012-11-05: the names of its lists and maps, and the elements around its answers.
// Clients from before November 2023 use it, for example the `aws` of Debian.

import type {QueryCodec} from '../endpoint/aws-service.ts';
import {parseForm, type QueryShapes, xmlOf} from '../endpoint/query-protocol.ts';
import {errorXmlOf, xmlDocument, xmlElement} from '../endpoint/xml.ts';

const namespace = 'http://queue.amazonaws.com/doc/2012-11-05/';

const nameAndValue = (map: string) => ({map, key: 'Name', value: 'Value'});

const shapes = (operation: string): QueryShapes => ({
  input: {
    AttributeName: {list: 'AttributeNames'},
    MessageAttributeName: {list: 'MessageAttributeNames'},
    MessageSystemAttributeName: {list: 'MessageSystemAttributeNames'},
    TagKey: {list: 'TagKeys'},
    [`${operation}RequestEntry`]: {list: 'Entries'},
    StringListValue: {list: 'StringListValues'},
    BinaryListValue: {list: 'BinaryListValues'},
    Attribute: nameAndValue('Attributes'),
    MessageAttribute: nameAndValue('MessageAttributes'),
    MessageSystemAttribute: nameAndValue('MessageSystemAttributes'),
    // Only CreateQueue has the member in lower case.
    Tag: {map: operation === 'CreateQueue' ? 'tags' : 'Tags', key: 'Key', value: 'Value'},
  },
  integers: new Set([
    'DelaySeconds',
    'VisibilityTimeout',
    'MaxNumberOfMessages',
    'WaitTimeSeconds',
    'MaxResults',
    'MaxNumberOfMessagesPerSecond',
  ]),
  output: {
    QueueUrls: {list: 'QueueUrl'},
    queueUrls: {list: 'QueueUrl'},
    Messages: {list: 'Message'},
    Successful: {list: `${operation}ResultEntry`},
    Failed: {list: 'BatchResultErrorEntry'},
    Results: {list: 'ListMessageMoveTasksResultEntry'},
    Attributes: nameAndValue('Attribute'),
    MessageAttributes: nameAndValue('MessageAttribute'),
    Tags: {map: 'Tag', key: 'Key', value: 'Value'},
  },
});

/** Operations that answer with nothing have no result element. */
const withoutResult = new Set([
  'ChangeMessageVisibility',
  'DeleteMessage',
  'DeleteQueue',
  'PurgeQueue',
  'SetQueueAttributes',
  'TagQueue',
  'UntagQueue',
]);

export const sqsQuery: QueryCodec = {
  inputOf(form, path) {
    const input = parseForm(form, shapes(form.get('Action') ?? ''));
    // A request may be sent to the queue's URL instead of containing it ("Making Query API requests").
    return path === '/' ? input : {QueueUrl: path, ...input};
  },

  answerOf(operation, output, requestId) {
    const result = withoutResult.has(operation)
      ? ''
      : xmlElement(`${operation}Result`, xmlOf(output, shapes(operation)));
    const metadata = xmlElement('ResponseMetadata', xmlElement('RequestId', requestId));
    return xmlDocument(`${operation}Response`, result + metadata, namespace);
  },

  errorOf(error, requestId) {
    // The wording of this protocol is older than that of AWS JSON.
    const message =
      error.code === 'QueueDoesNotExist'
        ? 'The specified queue does not exist for this wsdl version.'
        : error.message;
    return errorXmlOf(error, {requestId, namespace, message});
  },
};
