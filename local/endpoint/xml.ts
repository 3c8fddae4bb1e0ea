// XML as AWS's query protocol writes it: elements without attributes, and text that no parser changes.

import type {AwsError} from '../aws-error.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Parsers turn a CR into LF (XML 1.0, 2.11 "End-of-Line Handling"), but not a reference to it.
  '\r': '&#xD;',
};

export const xmlText = (text: string): string => text.replace(/[&<>"\r]/g, found => escapes[found] as string);

/** `content` is XML already. */
export const xmlElement = (name: string, content: string): string => `<${name}>${content}</${name}>`;

export function xmlDocument(name: string, content: string, namespace?: string): string {
  const open = namespace === undefined ? name : `${name} xmlns="${namespace}"`;
  return `<?xml version="1.0"?><${open}>${content}</${name}>`;
}

/** An error in the query protocol (smithy.io, "AWS query protocol", error responses). */
export function errorXmlOf(
  error: AwsError,
  {requestId, namespace, message}: {requestId: string; namespace?: string; message?: string},
): string {
  const content =
    xmlElement('Type', error.fault) +
    xmlElement('Code', xmlText(error.queryCode)) +
    xmlElement('Message', xmlText(message ?? error.message)) +
    '<Detail/>';
  return xmlDocument(
    'ErrorResponse',
    xmlElement('Error', content) + xmlElement('RequestId', requestId),
    namespace,
  );
}
