// What AWS can do to the pipeline, beyond single calls: settings cannot be read, calls hang, queues are missing,
// environments die. Nothing is lost, and what comes twice does so because an answer was lost.

import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {variables} from '../../shared/names.ts';
import {FaultBench, type Kind, once, type Sample, type Tally} from './fault-bench.ts';
import {names} from './pipeline-under-test.ts';

const kinds: readonly Kind[] = ['ok', 'bounce', 'later', 'hold', 'invalid', 'large'];

/** A pipeline with something wrong from the start, and the messages that it then gets. */
interface Trial {
  readonly bench: FaultBench;
  readonly samples: readonly Sample[];
}

/** Here the SDK gives up a call that hangs, after ten seconds. */
async function startPatient(): Promise<Trial> {
  const patient = await FaultBench.start({timeoutS: 30});
  await patient.tallyOfOne('ok');
  const samples = [patient.sample('ok'), patient.sample('bounce')];
  const calls = [
    {function: names.route, queue: names.delivery},
    {function: names.deliver, queue: names.results.failure},
  ];
  for (const [index, call] of calls.entries())
    patient.fault({...call, containing: samples[index]!.id, fault: 'hang', count: 1});
  for (const name of [names.route, names.deliver])
    patient.fault({function: name, service: 'ssm', fault: 'hang', count: 3});
  await patient.send(...samples);
  return {bench: patient, samples};
}

/** Here calls hang until the function times out, before the SDK gives them up. */
async function startDying(): Promise<Trial> {
  const dying = await FaultBench.start({
    timeoutS: 5,
    overrides: ({functions, eventSourceMappings}) => {
      // Each invocation then logs how it ended.
      for (const {logging} of functions) logging.systemLevel = 'INFO';
      for (const mapping of eventSourceMappings) mapping.batchSize = 1;
    },
  });
  const points = [
    [names.route, names.delivery, 'ok'],
    [names.route, names.results.failure, 'invalid'],
    [names.deliver, names.waitingSoon, 'later'],
    [names.deliver, names.results.results, 'ok'],
  ] as const;
  const samples = points.map(([functionName, queue, kind]) => {
    const sample = dying.sample(kind);
    dying.fault({function: functionName, queue, containing: sample.id, fault: 'hang', count: 1});
    return sample;
  });
  await dying.send(...samples);
  return {bench: dying, samples};
}

/** Here there is no result queue but `results`, and two failures make a dead letter. */
async function startBroken(): Promise<Trial> {
  const broken = await FaultBench.start({
    timeoutS: 30,
    overrides: ({functions, queues}) => {
      for (const {environment} of functions) {
        for (const kind of ['success', 'failure', 'retry'] as const)
          environment[variables[`${kind}Url`]] = `${environment[variables.resultsUrl]}-gone`;
      }
      for (const {attributes} of queues) {
        if (attributes.RedrivePolicy === undefined) continue;
        const policy = {...JSON.parse(attributes.RedrivePolicy), maxReceiveCount: 2};
        attributes.RedrivePolicy = JSON.stringify(policy);
      }
    },
  });
  const samples = (['ok', 'later', 'bounce', 'invalid'] as const).map(kind => broken.sample(kind));
  await broken.send(...samples);
  return {bench: broken, samples};
}

let bench: FaultBench;
// They wait while the other tests go on.
let trials: Readonly<Record<'patient' | 'dying' | 'broken', Trial>>;
beforeAll(async () => {
  const [patient, dying, broken] = await Promise.all([startPatient(), startDying(), startBroken()]);
  trials = {patient, dying, broken};
  bench = await FaultBench.start({timeoutS: 30});
});
afterAll(async () => {
  await Promise.all([bench, ...Object.values(trials).map(trial => trial.bench)].map(each => each.stop()));
});
afterEach(() => bench.pipeline.cloud.faults.clear());

const atLeastOnce = (tally: Tally): boolean => tally.results.some(fate => fate !== 'deferred');

describe('the settings', () => {
  test('that cannot be read when the functions start keep messages waiting until they can', async () => {
    const sample = bench.sample('ok');
    const faults = [names.route, names.deliver].map(name =>
      bench.fault({service: 'ssm', function: name, fault: 'fail'}),
    );
    await bench.send(sample);
    for (const fault of faults) {
      // As many times as the SDK tries.
      await fault.whenFired(3);
      fault.remove();
    }
    await bench.settled();
    const put = bench.pipeline
      .logged('batch not handled; all of it will be redelivered')
      .map(({error}) => error);
    expect(put).toEqual(faults.map(() => expect.stringMatching(/no usable settings yet/)));
    expect(bench.tallyOf(sample)).toEqual(once.ok);
  });

  test.each([
    ['failing', 'fail'],
    ['unavailable', 'unavailable'],
    ['throttled', 'throttle'],
    ['refused', 'refuse'],
  ] as const)('stay the last good ones when Parameter Store is %s later', async (_, fault) => {
    const {pipeline} = bench;
    expect(await bench.tallyOfOne('ok')).toEqual(once.ok);
    const port = pipeline.cloud.ssm.get(`${names.parameterPath}smtp-sink-port`)!;
    const down = bench.fault({service: 'ssm', fault});
    const before = pipeline.logged('settings are good again').length;
    await pipeline.set({'smtp-sink-port': '1'});
    expect(await bench.tallyOfOne('ok')).toEqual(once.ok);
    const [last] = pipeline.logged('settings have problems; the last good values stay in force').slice(-1);
    expect(last).toMatchObject({problems: [expect.stringMatching(/^SSM cannot be read: \w+/)]});
    await pipeline.set({'smtp-sink-port': port});
    down.remove();
    expect(await bench.tallyOfOne('ok')).toEqual(once.ok);
    expect(pipeline.logged('settings are good again').length).toBeGreaterThan(before);
  });

  test('are read often enough even when half the reads are throttled', async () => {
    const throttled = bench.fault({service: 'ssm', fault: 'throttle', rate: 0.5, seed: 3});
    const samples = Array.from({length: 10}, () => bench.sample('ok'));
    await bench.send(...samples);
    await bench.settled();
    expect(throttled.fired).toBeGreaterThan(0);
    throttled.remove();
    expect(samples.map(sample => bench.tallyOf(sample))).toEqual(samples.map(() => once.ok));
  });
});

describe('a batch', () => {
  test('is delivered whole and once, though every call about it fails in part', async () => {
    const queues = [names.waitingSoon, names.delivery, ...Object.values(names.results)];
    const partial = queues.map(queue => bench.fault({queue, fault: 'partial', count: 1}));
    const samples = [...kinds, ...kinds].map(kind => bench.sample(kind));
    await bench.send(...samples);
    await bench.settled();
    expect(partial.map(({fired}) => fired)).toEqual(queues.map(() => 1));
    for (const fault of partial) fault.remove();
    expect(samples.map(sample => bench.tallyOf(sample))).toEqual(samples.map(({kind}) => once[kind]));
  });
});

describe('an execution environment', () => {
  test('that dies now and then loses no message', async () => {
    const deaths = bench.fault({kill: 'random', everyMs: 300, count: 8, seed: 11});
    // A kill is more likely to meet a slow call.
    const slow = bench.fault({service: 'sqs', fault: 'delay', ms: 40});
    const samples = [...kinds, ...kinds, ...kinds].map(kind => bench.sample(kind));
    await bench.send(...samples);
    await deaths.whenFired(8);
    slow.remove();
    await bench.settled();
    expect(samples.filter(sample => !atLeastOnce(bench.tallyOf(sample)))).toEqual([]);
    // A large message is its own dead letter, once for each time that it was handled.
    expect(samples.filter(sample => sample.kind !== 'large' && bench.tallyOf(sample).dead > 0)).toEqual([]);
  });
});

describe('a call that hangs', () => {
  test('is given up after some seconds and repeated; when Parameter Store hangs, the last good settings stay', async () => {
    const {bench: patient, samples} = trials.patient;
    await patient.settled();
    expect(patient.pipeline.cloud.faults.active.map(({fired}) => fired)).toEqual([1, 1, 3, 3]);
    expect(samples.map(sample => patient.tallyOf(sample))).toEqual([once.ok, once.bounce]);
  });

  test('until the function times out makes its message come again, and end', async () => {
    const {bench: dying, samples} = trials.dying;
    await dying.settled();
    expect(dying.pipeline.cloud.faults.active.map(({fired}) => fired)).toEqual(samples.map(() => 1));
    expect(samples.filter(sample => !atLeastOnce(dying.tallyOf(sample)))).toEqual([]);
  });

  test('until the function times out ends its environment', async () => {
    const {bench: dying, samples} = trials.dying;
    await dying.settled();
    const statuses = dying.pipeline.logLines
      .filter(line => line.includes('platform.report'))
      .map(line => JSON.parse(line).record.status);
    expect(statuses.filter(status => status === 'timeout').length).toBeGreaterThanOrEqual(samples.length);
  });
});

describe('a missing queue for results', () => {
  const tallies = async () => {
    const {bench: broken, samples} = trials.broken;
    await broken.settled();
    return Object.fromEntries(samples.map(sample => [sample.kind, broken.tallyOf(sample)]));
  };

  test('loses no mail and sends none twice, and the other queues have each result once', async () => {
    const {ok, later, bounce, invalid} = await tallies();
    const gone = {success: [], failure: [], retry: []};
    expect(ok).toEqual({...once.ok, ...gone, dead: 1});
    expect(later).toEqual({...once.later, ...gone, dead: 2});
    expect(bounce).toEqual({...once.bounce, ...gone, dead: 1});
    expect(invalid).toEqual({...once.invalid, ...gone, dead: 1});
  });
});
