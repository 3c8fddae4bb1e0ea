// What happens to a message that has just been sent, as it happens.

import {useEffect, useState} from 'preact/hooks';
import {linkTo} from '../../app/route.ts';
import {queryOf} from '../../data/api.ts';
import type {Trace} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {Notice, ProblemNotice} from '../../parts/notice.tsx';
import {MessageWay} from '../messages/message-way.tsx';

const firstMs = 1500;
const laterMs = 15_000;

export function SentWay({id}: {readonly id: string}) {
  const [everyMs, setEveryMs] = useState<number | undefined>(firstMs);
  const trace = usePolled<Trace>(`/api/trace${queryOf({q: id})}`, everyMs);
  const shown = trace.data?.messages[0];
  const isOver = shown?.isOver;
  // What is over does not change; what waits changes at its next attempt.
  useEffect(() => {
    if (isOver !== undefined) setEveryMs(isOver ? undefined : laterMs);
  }, [isOver]);
  return (
    <div class="sent" aria-live="polite">
      {trace.problem && trace.problem.kind !== 'not-found' && <ProblemNotice problem={trace.problem} />}
      {shown === undefined ? (
        <Notice tone="calm" title="On the outbox">
          <p>
            As <code>{id}</code>. Its first line in the log comes when it is tried.{' '}
            <a href={linkTo(['messages'], {q: id})}>Its page</a> shows the same later.
          </p>
        </Notice>
      ) : (
        <MessageWay message={shown} />
      )}
    </div>
  );
}
