import {describe, expect, it} from 'vitest';
import {terminalLine} from '../../cli/start/terminal-line.ts';

const plain = {label: 'deliver', colours: false, all: false};

describe('a line on the terminal', () => {
  it.each([
    [
      'JSON as its message and fields',
      '{"timestamp":"2026-01-01T00:00:00Z","level":"info","message":"delivered","domain":"example.org","code":250}',
      'deliver  delivered domain=example.org code=250',
    ],
    [
      'the level when it matters, quotes where they are needed, nothing for null',
      '{"level":"error","message":"gone","description":"no such user","cipher":null}',
      'deliver  error gone description="no such user"',
    ],
    [
      'a delivery that succeeded at a glance',
      '{"timestamp":"2026-01-01T10:20:30.400Z","level":"info","message":"attempt","id":"m1","queue":"example.org","lane":"example.org","domain":"example.org","nextHop":"127.0.0.1:2525","hop":"sink","fate":"accepted","state":"message","result":"accepted","code":250,"description":"OK","durationMs":12,"attempt":1}',
      'deliver  10:20:30 accepted example.org → 127.0.0.1:2525 250 12 ms m1',
    ],
    [
      'a delivery that failed with the reply',
      '{"timestamp":"2026-01-01T10:20:30.400Z","level":"warn","message":"attempt","id":"m1","domain":"example.org","nextHop":"mx.example.org:25","fate":"deferred","state":"rcptto","result":"error","code":451,"description":"try later","durationMs":90,"attempt":3}',
      'deliver  10:20:30 deferred example.org → mx.example.org:25 rcptto error 451 "try later" 90 ms attempt 3 m1',
    ],
    [
      'a message that expired with its reason',
      '{"timestamp":"2026-01-01T10:20:30.400Z","level":"warn","message":"message expired","id":"m1","queue":"q","domain":"example.org","state":"queue","result":"expired","reason":"too old"}',
      'deliver  10:20:30 expired example.org "too old" m1',
    ],
    [
      'nothing that would control the terminal',
      '{"level":"warn","message":"a\\u001b[31mb","description":"\\u009b2Jx"}',
      'deliver  warn a [31mb description=" 2Jx"',
    ],
    ['no control characters of other lines', 'red \u001b[31m', 'deliver  red  [31m'],
    ['lists and objects as JSON', '{"message":"m","to":["a","b"]}', 'deliver  m to=["a","b"]'],
    [
      'problems one a line, behind what else is known',
      '{"level":"error","message":"settings have problems","path":"/relayq/dev/","problems":["smarthost-port is 1","x is unknown"],"waiting":"all mail"}',
      'deliver  error settings have problems path=/relayq/dev/ waiting="all mail"\n         - smarthost-port is 1\n         - x is unknown',
    ],
    ['no problems as a field', '{"message":"m","problems":[]}', 'deliver  m problems=[]'],
    ['other lines as they are', 'plain words', 'deliver  plain words'],
    ['what only looks like JSON as it is', '{not json', 'deliver  {not json'],
    ['several lines under one label', 'one\ntwo\n', 'deliver  one\n         two'],
  ])('shows %s', (_, message, line) => {
    expect(terminalLine(message, plain)).toBe(line);
  });

  it('shows only the report of an invocation that failed', () => {
    const report = (status: string) =>
      `{"time":"t","type":"platform.report","record":{"requestId":"r1","metrics":{"durationMs":30000.1},"status":"${status}","errorType":"Sandbox.Timedout"}}`;
    expect(terminalLine(report('timeout'), plain)).toBe(
      'deliver  invocation r1 timeout Sandbox.Timedout after 30000.1 ms',
    );
    expect(terminalLine(report('success'), plain)).toBeUndefined();
    const start = '{"time":"t","type":"platform.start","record":{"requestId":"r1","version":"$LATEST"}}';
    expect(terminalLine(start, plain)).toBeUndefined();
    expect(terminalLine(start, {...plain, all: true})).toBe(`deliver  ${start}`);
  });

  it('cuts long values', () => {
    const line = terminalLine(JSON.stringify({message: 'm', body: 'x'.repeat(500)}), plain);
    expect(line).toBe(`deliver  m body=${'x'.repeat(200)}…`);
  });

  it.each(['START RequestId: 1 Version: $LATEST', 'END RequestId: 1', 'REPORT RequestId: 1\tDuration: 1 ms'])(
    'leaves out %s, unless all is asked for',
    message => {
      expect(terminalLine(message, plain)).toBeUndefined();
      expect(terminalLine(message, {...plain, all: true})).toBe(`deliver  ${message}`);
    },
  );

  it('has colours only when it is told to', () => {
    const line = terminalLine('{"level":"warn","message":"m"}', {...plain, colours: true});
    expect(line).toBe('\x1b[36mdeliver \x1b[0m \x1b[33mwarn\x1b[0m m');
  });
});
