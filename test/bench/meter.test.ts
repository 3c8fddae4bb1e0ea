import {describe, expect, it} from 'vitest';
import {FunctionLog} from '../../bench/function-log.ts';
import {billedRequestsOf, SqsMeter} from '../../bench/sqs-meter.ts';

const queue = (name: string) => ({QueueUrl: `http://127.0.0.1:1/000000000000/${name}`});

describe('the meter of SQS calls', () => {
  it('bills every 64 KB as a request, and an empty payload as one', () => {
    expect([0, 1, 65_536, 65_537, 1_048_576].map(billedRequestsOf)).toEqual([1, 1, 1, 2, 16]);
  });

  it('counts calls and their entries by operation and queue', () => {
    const meter = new SqsMeter();
    const body = 'x'.repeat(10_000);
    const entries = Array.from({length: 10}, (_, index) => ({Id: String(index), MessageBody: body}));
    meter.count('SendMessageBatch', {...queue('b.fifo'), Entries: entries});
    meter.count('SendMessageBatch', {...queue('b.fifo'), Entries: entries.slice(0, 2)});
    meter.count('SendMessage', {...queue('a'), MessageBody: 'é'.repeat(40_000)});
    meter.count('DeleteMessage', {...queue('b.fifo'), ReceiptHandle: 'r'});
    expect(meter.take()).toEqual([
      {operation: 'SendMessage', queue: 'a', calls: 1, entries: 1, billedRequests: 2},
      {operation: 'DeleteMessage', queue: 'b.fifo', calls: 1, entries: 1, billedRequests: 1},
      {operation: 'SendMessageBatch', queue: 'b.fifo', calls: 2, entries: 12, billedRequests: 3},
    ]);
    expect(meter.take()).toEqual([]);
  });
});

describe('the log of a function', () => {
  const report = (billedDurationMs: number, maxMemoryUsedMB: number) =>
    JSON.stringify({
      time: '2026-01-01T00:00:00.000Z',
      type: 'platform.report',
      record: {
        requestId: 'r',
        metrics: {durationMs: 1.5, billedDurationMs, memorySizeMB: 512, maxMemoryUsedMB},
      },
    });

  it('tells Lambda’s reports from the function’s own lines, which are billed with 26 more octets each', () => {
    const log = new FunctionLog();
    log.add('{"time":"2026-01-01T00:00:00.000Z","type":"platform.start","record":{"requestId":"r"}}');
    log.add('{"level":"info","message":"é"}');
    log.add(report(12, 80));
    log.add('not JSON');
    log.add(report(8, 75));
    const logOctets = Buffer.byteLength('{"level":"info","message":"é"}') + 26 + 8 + 26;
    expect(log.take()).toEqual({invocations: 2, billedMs: 20, peakMB: 80, logEvents: 2, logOctets});
    expect(log.take()).toMatchObject({invocations: 0, billedMs: 0, logEvents: 0, logOctets: 0});
    expect(log.complaints).toEqual(['not JSON']);
  });
});
