import {describe, expect, it} from 'vitest';
import {caseNames, parseBenchOptions, UsageError, usage} from '../../bench/bench-options.ts';

describe('the command line of npm run bench', () => {
  it('measures everything without options', () => {
    const options = parseBenchOptions([]);
    expect(options).toMatchObject({size: 5000, runs: 3, warmUp: 10_000, receiver: 'auto', help: false});
    expect([...options.cases]).toEqual(caseNames);
    expect(options).toMatchObject({roundTripsMs: [0, 20, 50], connections: [1, 10]});
    expect(options.securities).toEqual(['plain', 'starttls']);
  });

  it('takes lists, and files to write to', () => {
    const options = parseBenchOptions(
      '--size 100 --cases speed,cost --peers none --round-trip 5 --connections 2,4 --json a --report b'.split(
        ' ',
      ),
    );
    expect([...options.cases]).toEqual(['speed', 'cost']);
    expect([...options.peers]).toEqual([]);
    expect(options).toMatchObject({
      warmUp: 200,
      roundTripsMs: [5],
      connections: [2, 4],
      json: 'a',
      report: 'b',
    });
  });

  it.each([
    [['--size', '9'], '--size: 9 is not a whole number from 10 to 1000000'],
    [['--size', '1e3'], '--size: 1e3 is not a whole number'],
    [['--cases', 'speed,sped'], '--cases: sped is none of speed, pipeline, scale, cold-start, cost'],
    [['--cases', ''], '--cases: nothing is none of'],
    [['--connections', '1,1'], '--connections: 1,1 names something twice'],
    [['--receiver', 'postfix'], '--receiver: postfix is none of auto, embedded'],
    [['--sise', '10'], '--sise'],
  ])('says what is wrong with %j', (args, problem) => {
    expect(() => parseBenchOptions(args)).toThrow(UsageError);
    expect(() => parseBenchOptions(args)).toThrow(problem);
  });

  it('names every option in its help', () => {
    for (const name of [
      'size',
      'runs',
      'warm-up',
      'cases',
      'peers',
      'security',
      'round-trip',
      'connections',
      'sqs-latency',
    ])
      expect(usage).toContain(`--${name} `);
  });
});
