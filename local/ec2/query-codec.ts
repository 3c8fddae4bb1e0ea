// The query protocol of EC2 (smithy.io, "AWS EC2 query protocol"): the members of a list stand below `item`, an answer
// has no result element, and errors have an envelope of their own.

import type {QueryCodec} from '../endpoint/aws-service.ts';
import {parseForm} from '../endpoint/query-protocol.ts';
import {xmlDocument, xmlElement, xmlText} from '../endpoint/xml.ts';
import {isJsonObject} from '../json.ts';

const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** Lists of the form: `SubnetId.1`, and `Filter.1.Value.1`. */
const lists = {
  SubnetId: {list: 'SubnetIds'},
  Filter: {list: 'Filters'},
  Value: {list: 'Values'},
  ZoneName: {list: 'ZoneNames'},
} as const;

export const ec2Codec: QueryCodec = {
  inputOf: form =>
    parseForm(form, {input: lists, integers: new Set(['MaxResults']), output: {}}) as Record<string, unknown>,
  answerOf: (operation, output, requestId) =>
    xmlDocument(`${operation}Response`, xmlElement('requestId', requestId) + membersOf(output), namespace),
  errorOf: (error, requestId) => {
    const content = xmlElement('Code', error.queryCode) + xmlElement('Message', xmlText(error.message));
    const errors = xmlElement('Errors', xmlElement('Error', content));
    return xmlDocument('Response', errors + xmlElement('RequestID', requestId));
  },
};

const membersOf = (structure: Readonly<Record<string, unknown>>): string =>
  Object.entries(structure)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => xmlElement(name, contentOf(value)))
    .join('');

function contentOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(each => xmlElement('item', contentOf(each))).join('');
  return isJsonObject(value) ? membersOf(value) : xmlText(String(value));
}
