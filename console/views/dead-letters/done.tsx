// What became of a redrive or a drop.

import {Notice} from '../../parts/notice.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {countOf} from '../../text/numbers.ts';

interface Failure {
  readonly id: string;
  readonly text: string;
}

export interface Answer {
  /** Where they have been dropped to; null where nothing was. */
  readonly file?: string | null;
  readonly failed?: readonly Failure[];
}

export interface Outcome {
  readonly kind: 'redrive' | 'drop';
  /** How many were meant; undefined for a whole queue. */
  readonly count: number | undefined;
  readonly answer: Answer;
}

export function Done({outcome: {kind, count, answer}}: {readonly outcome: Outcome}) {
  const {file, failed = []} = answer;
  const done = count === undefined ? undefined : count - failed.length;
  return (
    <>
      <Notice tone="good" title={kind === 'drop' ? 'Dropped' : 'Redriven'}>
        <p>
          {kind === 'redrive' &&
            (done === undefined
              ? 'SQS moves all of the queue; it may take a while.'
              : `${countOf(done, 'message')} on the way again.`)}
          {kind === 'drop' && `${countOf(done ?? 0, 'dead letter')} deleted.`}
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
