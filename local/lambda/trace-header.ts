// The X-Ray trace header (X-Amzn-Trace-Id) as Lambda uses it to find recursive loops: its Lineage counts how often
// each function was invoked in a chain of requests (AWS X-Ray, "Tracing header"; "Use Lambda recursive loop
// detection to prevent infinite loops").

import {createHash, randomBytes} from 'node:crypto';

/** Where an invocation comes from: the trace headers of the messages in its event. */
export type Upstream = readonly string[];

/** `Root=…;Parent=…;Sampled=0;Lineage=a87bd80c:1|68fd508a:5` */
function fieldOf(header: string, name: string): string | undefined {
  for (const field of header.split(';')) {
    const [key, value] = field.trim().split('=');
    if (key === name && value) return value;
  }
  return undefined;
}

/** The lineage names a function by eight hexadecimal digits. */
const idOf = (functionArn: string): string =>
  createHash('sha256').update(functionArn).digest('hex').slice(0, 8);

/** The highest count that each function has in any message, so that others do not hide a message that goes round. */
function lineageOf(upstream: Upstream): Map<string, number> {
  const counts = new Map<string, number>();
  for (const header of upstream) {
    for (const [, id = '', count] of (fieldOf(header, 'Lineage') ?? '').matchAll(
      /([0-9a-f]{8}):(\d{1,6})/g,
    )) {
      counts.set(id, Math.max(counts.get(id) ?? 0, Number(count)));
    }
  }
  return counts;
}

/** How often the function has been invoked in the chain that led to the messages. */
export const invocationsOf = (functionArn: string, upstream: Upstream): number =>
  lineageOf(upstream).get(idOf(functionArn)) ?? 0;

/** The header of an invocation. It continues the trace, or begins one, and counts this invocation. */
export function traceHeaderOf(functionArn: string, upstream: Upstream, nowMs = Date.now()): string {
  const [root = newRoot(nowMs)] = upstream
    .map(header => fieldOf(header, 'Root'))
    .filter(each => each !== undefined);
  const lineage = lineageOf(upstream).set(idOf(functionArn), invocationsOf(functionArn, upstream) + 1);
  const counts = [...lineage].map(([id, count]) => `${id}:${count}`).join('|');
  return `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=0;Lineage=${counts}`;
}

/** "The time of the original request, in Unix epoch time, in 8 hexadecimal digits", and 24 more. */
const newRoot = (nowMs: number): string =>
  `1-${Math.floor(nowMs / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
