import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {pointAtSink} from '../../cli/start/sink-parameters.ts';
import {Ssm} from '../../local/ssm/ssm.ts';
import {openStore} from '../../local/store/store.ts';

const path = '/relayq/local/';
const account = {region: 'us-east-1', accountId: '000000000000'};
const sinkOf = (ssm: Ssm) => [ssm.get(`${path}smtp-sink-ip`), ssm.get(`${path}smtp-sink-port`)];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relayq-test-'));
});
afterEach(() => rm(directory, {recursive: true, force: true}));

/** A start on the state that was kept, and what the user does then. */
function start(sinkPort: number, then: (ssm: Ssm) => void = () => {}) {
  const store = openStore(directory);
  const ssm = new Ssm({...account, store});
  const {fresh} = pointAtSink(path, sinkPort, {ssm, store});
  const sink = sinkOf(ssm);
  then(ssm);
  store.close();
  return {fresh, sink};
}

describe('the parameters of the sink', () => {
  it('are there from the beginning, even when nothing is kept', () => {
    const ssm = new Ssm(account);
    expect(pointAtSink(path, 2525, {ssm, store: undefined})).toEqual({fresh: true});
    expect(sinkOf(ssm)).toEqual(['127.0.0.1', '2525']);
  });

  it('follow the sink to another port', () => {
    expect(start(2525)).toEqual({fresh: true, sink: ['127.0.0.1', '2525']});
    expect(start(2526)).toEqual({fresh: false, sink: ['127.0.0.1', '2526']});
    expect(start(2526)).toEqual({fresh: false, sink: ['127.0.0.1', '2526']});
  });

  it('stay deleted when the user has deleted them', () => {
    start(2525, ssm => {
      ssm.delete(`${path}smtp-sink-ip`);
      ssm.delete(`${path}smtp-sink-port`);
    });
    expect(start(2525)).toEqual({fresh: false, sink: [undefined, undefined]});
    expect(start(2526)).toEqual({fresh: false, sink: [undefined, undefined]});
  });

  it('stay as the user has changed them', () => {
    start(2525, ssm => {
      ssm.put(`${path}smtp-sink-ip`, '192.0.2.1');
      ssm.put(`${path}smtp-sink-port`, '1025');
    });
    expect(start(2526)).toEqual({fresh: false, sink: ['192.0.2.1', '1025']});
  });
});
