// The queues of SQS, as it counts them.

import type {ComponentChildren} from 'preact';
import {linkTo} from '../../app/route.ts';
import type {OverviewAnswer, QueueDepth} from '../../data/documents.ts';
import {CopyAs} from '../../parts/copy.tsx';
import {Panel} from '../../parts/panel.tsx';
import {numberOf} from '../../text/numbers.ts';
import {shortQueueOf} from './queue-names.ts';

interface Props {
  readonly overview: OverviewAnswer;
  readonly source: ComponentChildren;
}

export const Queues = ({overview: {queues, deadLetters}, source}: Props) => (
  <Panel
    title="Queues"
    source={source}
    actions={
      <CopyAs
        commands={({relayq, aws, queueUrlOf}) => [
          relayq('status'),
          ...queues.map(({name}) => {
            const url = queueUrlOf(name);
            return url === undefined
              ? aws('sqs', 'get-queue-url', '--queue-name', name)
              : aws('sqs', 'get-queue-attributes', '--queue-url', url, '--attribute-names', 'All');
          }),
        ]}
      />
    }
  >
    <div class="scroller">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Queue</th>
            <th scope="col" class="number">
              Visible
            </th>
            <th scope="col" class="number">
              In flight
            </th>
            <th scope="col" class="number">
              Delayed
            </th>
          </tr>
        </thead>
        <tbody>
          {queues.map(queue => (
            <Row key={queue.name} queue={queue} />
          ))}
        </tbody>
        <tbody>
          {deadLetters.map(queue => (
            <Row key={queue.name} queue={queue} isDead />
          ))}
        </tbody>
      </table>
    </div>
  </Panel>
);

function Row({
  queue: {name, visible, inFlight, delayed},
  isDead,
}: {
  readonly queue: QueueDepth;
  readonly isDead?: boolean;
}) {
  const isBad = isDead && visible + inFlight + delayed > 0;
  return (
    <tr class={isBad ? 'bad' : ''}>
      <th scope="row" title={name}>
        {isDead ? <a href={linkTo(['dead-letters'])}>{shortQueueOf(name)}</a> : shortQueueOf(name)}
      </th>
      {[visible, inFlight, delayed].map((count, at) => (
        <td key={at} class={`number ${count === 0 ? 'zero' : ''}`}>
          {numberOf(count)}
        </td>
      ))}
    </tr>
  );
}
