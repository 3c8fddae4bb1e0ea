// The query protocol of most services (smithy.io, "AWS query protocol"): the items of a list stand below `member`, in the
// form and in the XML.

import {isJsonObject} from '../json.ts';
import type {QueryCodec} from './aws-service.ts';
import {parseForm, type QueryShapes, xmlOf} from './query-protocol.ts';
import {errorXmlOf, xmlDocument, xmlElement} from './xml.ts';

export interface MemberListOptions {
  readonly namespace: string;
  /** Names of members that are integers, wherever they stand. */
  readonly integers?: readonly string[];
  /** Names of members that are true or false. */
  readonly flags?: readonly string[];
}

export function memberListCodec({namespace, integers = [], flags = []}: MemberListOptions): QueryCodec {
  const items = {member: {list: 'member'}} as const;
  const shapes: QueryShapes = {input: items, integers: new Set(integers), output: items};
  return {
    inputOf: form => listsOf(parseForm(form, shapes), new Set(flags)) as Record<string, unknown>,
    answerOf(operation, output, requestId) {
      const result = xmlElement(`${operation}Result`, xmlOf(membersOf(output) as typeof output, shapes));
      const metadata = xmlElement('ResponseMetadata', xmlElement('RequestId', requestId));
      return xmlDocument(`${operation}Response`, result + metadata, namespace);
    },
    errorOf: (error, requestId) => errorXmlOf(error, {requestId, namespace}),
  };
}

/** Takes `member` out from between a list and its items. */
function listsOf(value: unknown, flags: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map(each => listsOf(each, flags));
  if (!isJsonObject(value)) return value;
  if (Array.isArray(value.member) && Object.keys(value).length === 1) return listsOf(value.member, flags);
  const entries = Object.entries(value).map(([name, each]) => {
    const isFlag = flags.has(name) && (each === 'true' || each === 'false');
    return [name, isFlag ? each === 'true' : listsOf(each, flags)];
  });
  return Object.fromEntries(entries);
}

/** Puts it there. */
function membersOf(value: unknown): unknown {
  if (Array.isArray(value)) return {member: value.map(membersOf)};
  if (value instanceof Date) return value.toISOString();
  if (!isJsonObject(value)) return value;
  const known = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(known.map(([name, each]) => [name, membersOf(each)]));
}
