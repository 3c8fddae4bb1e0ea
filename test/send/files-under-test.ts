// Files as the tests of them write them: a name and its content.

import {parseMessageFile} from '../../cli/send/message-files.ts';
import type {EmlOptions} from '../../submission/eml.ts';

export const parse = (name: string, content: string | Buffer, options?: EmlOptions) =>
  parseMessageFile(name, Buffer.from(content), options);
export const messagesOf = (...args: Parameters<typeof parse>) => parse(...args).map(({message}) => message);
export const problemOf = (...args: Parameters<typeof parse>) => {
  try {
    parse(...args);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('there was no problem');
};
