// The parameters that send every mail to the sink, so that none leaves this machine. Who deletes or changes them wants the
// real routing, and a restart does not overrule that.

import type {Ssm} from '../../local/ssm/ssm.ts';
import type {Store} from '../../local/store/store.ts';

const collection = 'start';
const key = 'sink-port';

/** Puts them into a fresh state. Later it only follows the sink to another port. */
export function pointAtSink(
  parameterPath: string,
  sinkPort: number,
  {ssm, store}: {readonly ssm: Ssm; readonly store: Store | undefined},
): {readonly fresh: boolean} {
  const lastPort = new Map(store?.entries(collection) ?? []).get(key);
  const fresh = lastPort === undefined;
  const put = (name: string, value: string) => ssm.put(`${parameterPath}${name}`, value);
  if (fresh) put('smtp-sink-ip', '127.0.0.1');
  if (fresh || ssm.get(`${parameterPath}smtp-sink-port`) === String(lastPort))
    put('smtp-sink-port', String(sinkPort));
  store?.put(collection, key, sinkPort);
  return {fresh};
}
