// What became of a redrive or a drop.

import {Notice} from '../../parts/notice.tsx';
import {Verbatim} from '../../parts/words.tsx';
import {countOf} from '../../text/numbers.ts';

export interface Outcome {
  readonly kind: 'redrive' | 'drop';
  readonly count: number;
  readonly answer: Readonly<Record<string, unknown>>;
}

export function Done({outcome: {kind, count, answer}}: {readonly outcome: Outcome}) {
  const {file} = answer;
  return (
    <Notice tone="good" title={kind === 'drop' ? 'Dropped' : 'Redriven'}>
      <p>
        {kind === 'drop' ? (
          <>
            {countOf(count, 'dead letter')} deleted.{' '}
            {typeof file === 'string' && (
              <>
                They are in{' '}
                <code>
                  <Verbatim text={file} most={400} />
                </code>
                .
              </>
            )}
          </>
        ) : (
          `${countOf(count, 'message')} on the way again.`
        )}
      </p>
    </Notice>
  );
}
