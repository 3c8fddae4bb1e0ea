// What became of a redrive or a drop.

import {Notice} from '../../parts/notice.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {countOf} from '../../text/numbers.ts';

interface Move {
  readonly queue: string;
  readonly moved: number;
  readonly status: string;
  /** Why it stopped. */
  readonly problem?: string;
}

interface Failure {
  readonly id: string;
  readonly text: string;
}

export interface Answer {
  /** Where they have been dropped to; null where nothing was. */
  readonly file?: string | null;
  readonly failed?: readonly Failure[];
  /** Of whole queues. */
  readonly moves?: readonly Move[];
}

export interface Outcome {
  readonly kind: 'redrive' | 'drop';
  /** How many were meant; undefined for a whole queue. */
  readonly count: number | undefined;
  readonly answer: Answer;
}

export function Done({outcome: {kind, count, answer}}: {readonly outcome: Outcome}) {
  const {file, failed = [], moves} = answer;
  if (moves !== undefined) return <Moves moves={moves} />;
  const done = (count ?? 0) - failed.length;
  return (
    <>
      <Notice tone="good" title={kind === 'drop' ? 'Dropped' : 'Redriven'}>
        <p>
          {kind === 'redrive' && `${countOf(done, 'message')} on the way again.`}
          {kind === 'drop' && `${countOf(done, 'dead letter')} deleted.`}
          {typeof file === 'string' && (
            <>
              {' '}
              What was dropped is in{' '}
              <code>
                <Verbatim text={file} most={400} />
              </code>
              .
            </>
          )}
        </p>
      </Notice>
      {failed.length > 0 && (
        <Notice tone="bad" title={`${countOf(failed.length, 'dead letter')} left as it was`}>
          {failed.map(({id, text}) => (
            <p key={id}>
              <code>{id}</code>: <Words text={text} most={400} />
            </p>
          ))}
        </Notice>
      )}
    </>
  );
}

const Moves = ({moves}: {readonly moves: readonly Move[]}) =>
  moves.length === 0 ? (
    <Notice tone="calm" title="There was nothing to redrive" />
  ) : (
    moves.map(({queue, moved, status, problem}) => (
      <Notice
        key={queue}
        tone={problem === undefined ? 'good' : 'bad'}
        title={problem === undefined ? 'Redriven' : 'SQS has stopped'}
      >
        <p>
          {countOf(moved, 'message')} of {queue} moved
          {status === 'RUNNING' && '; SQS goes on with it'}
          {problem !== undefined && (
            <>
              ; then it stopped: <Words text={problem} most={400} />
            </>
          )}
          .
        </p>
      </Notice>
    ))
  );
