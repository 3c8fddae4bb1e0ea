// How long mail to healthy domains takes while others are dead, slow or flooded. Measured: the pipeline in the local
// cloud, nodemailer and Postfix, all against the same servers. Simulated: the pipeline again, for longer.

import {type BenchContext, wholeBatches} from '../bench-context.ts';
import {type Delays, measureSituation} from '../isolation/measured.ts';
import {nodemailerSender} from '../isolation/nodemailer-sender.ts';
import {postfixSender} from '../isolation/postfix-sender.ts';
import {relayqSender} from '../isolation/relayq-sender.ts';
import {type Situation, situationsOf} from '../isolation/situation.ts';
import {PostfixInstance} from '../peers/postfix-instance.ts';
import {simulateSituation} from '../simulation/isolation.ts';

export interface IsolationRow extends Situation {
  readonly measured: readonly Delays[];
  readonly simulated: Delays;
}

export async function measureIsolation(context: BenchContext): Promise<readonly IsolationRow[]> {
  const {options, assembly, directory, reaper, progress} = context;
  const messages = wholeBatches(0.06 * options.size);
  const peers = [
    ...(options.peers.has('pool') ? [nodemailerSender] : []),
    ...(options.peers.has('postfix') && PostfixInstance.unfit() === undefined
      ? [postfixSender(directory, reaper)]
      : []),
  ];
  const rows: IsolationRow[] = [];
  for (const situation of situationsOf(options.troubles, options.troubled)) {
    const title =
      situation.trouble === undefined ? 'no trouble' : `${situation.troubled} ${situation.trouble}`;
    progress(`isolation: ${title}: relayq`);
    const own = await measureSituation(situation, messages, relayqSender(assembly));
    if (peers.length > 0) progress(`isolation: ${title}: peers`);
    // They hardly need the machine, so that they can be measured at the same time.
    const others = await Promise.all(peers.map(start => measureSituation(situation, messages, start)));
    const simulated = await simulateSituation(situation, 40 * messages);
    rows.push({...situation, measured: [own, ...others], simulated});
  }
  return rows;
}
