// CHUNKING (RFC 3030) for smtp-server, which has none. The octets of BDAT are collected, and the last chunk makes them the
// text of a DATA, whose 354 is not said.

import type {SMTPServer} from 'smtp-server';

type Connection = SMTPServer['connections'] extends Set<infer C> ? C : never;
type Next = () => void;
type Handle = (line: Buffer, next: Next) => void;

const bdat = /^BDAT (\d{1,12})( LAST)?$/i;
const endsTransaction = /^(?:EHLO|HELO|MAIL|RSET|DATA)\b/i;

/** To be called for each connection once. @returns what is to be done with a command, in place of `handle` */
export function withChunking(connection: Connection, handle: Handle, mostOctets: number): Handle {
  const {send} = connection;
  let isSilent = false;
  connection.send = (code, data, context) => {
    const isOffer = code === 250 && Array.isArray(data) && data.includes('PIPELINING');
    if (!isSilent) send.call(connection, code, isOffer ? [...data, 'CHUNKING'] : data, context);
  };
  let chunks: Buffer[] = [];
  let octets = 0;

  /** Whether the parser reads a text now. */
  const makeText = (): boolean | undefined => {
    isSilent = connection.session.envelope.rcptTo.length > 0;
    handle(Buffer.from('DATA'), () => {});
    isSilent = false;
    return (connection._parser || undefined)?._dataMode;
  };

  /** @param rest what came behind the chunk */
  const end = (size: number, isLast: boolean, rest: Buffer, done: Next): void => {
    const parser = connection._parser || undefined;
    const text = Buffer.concat(chunks);
    const isTooLarge = octets > mostOctets;
    if (isLast) {
      chunks = [];
      octets = 0;
    }
    if (connection.session.envelope.rcptTo.length === 0)
      send.call(connection, 503, 'Error: need RCPT command');
    else if (isTooLarge) send.call(connection, 552, 'Error: message exceeds fixed maximum message size');
    else if (!isLast) send.call(connection, 250, `${size} octets received`);
    else if (makeText()) {
      const stuffed = text.toString('latin1').replace(/(^|\r\n)\./g, '$1..');
      const lineEnd = /(?:^|\r\n)$/.test(stuffed) ? '' : '\r\n';
      const whole = Buffer.concat([Buffer.from(`${stuffed}${lineEnd}.\r\n`, 'latin1'), rest]);
      // Not within the end of the text before: smtp-server forgets what begins there (SMTPStream.continue).
      setImmediate(() => parser?._feedDataStream(whole, done));
      return;
    }
    if (rest.length > 0) parser?._write(rest, 'buffer', done);
    else done();
  };

  return (line, next) => {
    const [, digits = '', last] = bdat.exec(String(line)) ?? [];
    const parser = connection._parser;
    if (digits === '' || !parser) {
      if (endsTransaction.test(String(line))) {
        chunks = [];
        octets = 0;
      }
      return handle(line, next);
    }
    const size = Number(digits);
    octets += size;
    if (size === 0) return end(0, last !== undefined, Buffer.alloc(0), next);
    let left = size;
    const usual = parser._feedDataStream;
    parser._dataMode = true;
    parser._feedDataStream = (chunk, done) => {
      if (octets <= mostOctets) chunks.push(chunk.subarray(0, left));
      const rest = chunk.subarray(left);
      left -= chunk.length - rest.length;
      if (left > 0) return done();
      parser._feedDataStream = usual;
      parser._dataMode = false;
      end(size, last !== undefined, rest, done);
    };
    next();
  };
}
