import {describe, expect, it} from 'vitest';
import {caseNames, parseBenchOptions, UsageError, usage} from '../../bench/bench-options.ts';

describe('the command line of npm run bench', () => {
  it('measures everything without options', () => {
    const options = parseBenchOptions([]);
    expect(options).toMatchObject({size: 5000, runs: 3, warmUp: 5000, lanes: 50, help: false});
    expect([...options.cases]).toEqual(caseNames);
    expect(options).toMatchObject({roundTripsMs: [0, 20, 50], connections: [1, 10]});
    expect(options.securities).toEqual(['plain', 'starttls']);
    expect(options.receivers).toEqual(['embedded', 'smtp-sink', 'postfix']);
    expect(options.transfers).toEqual(['chunking', 'data']);
    expect(options).toMatchObject({troubled: [1, 10, 100], troubles: ['dead', 'slow', 'flooded']});
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
      warmUp: 100,
      roundTripsMs: [5],
      connections: [2, 4],
      json: 'a',
      report: 'b',
    });
  });

  it('measures nothing anew without --cases where a JSON of before is given', () => {
    expect(parseBenchOptions(['--from', 'a']).cases.size).toBe(0);
    expect([...parseBenchOptions(['--from', 'a', '--cases', 'drain']).cases]).toEqual(['drain']);
  });

  it.each([
    [['--size', '9'], '--size: 9 is not a whole number from 10 to 1000000'],
    [['--size', '1e3'], '--size: 1e3 is not a whole number'],
    [
      ['--cases', 'speed,sped'],
      '--cases: sped is none of cold-start, speed, drain, scale, pipeline, cost, isolation',
    ],
    [['--cases', ''], '--cases: nothing is none of'],
    [['--connections', '1,1'], '--connections: 1,1 names something twice'],
    [['--receivers', 'exim'], '--receivers: exim is none of embedded, smtp-sink, postfix'],
    [['--transfers', 'bdat'], '--transfers: bdat is none of chunking, data'],
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
      'receivers',
      'transfers',
      'lanes',
      'troubled',
      'troubles',
      'from',
    ])
      expect(usage).toContain(`--${name} `);
  });
});
