// Asks, in words, before dead letters are moved or dropped; then does it.

import {useState} from 'preact/hooks';
import {useSession} from '../../app/session.ts';
import {ApiProblem, post} from '../../data/api.ts';
import type {Letter} from '../../data/documents.ts';
import {Dialog} from '../../parts/dialog.tsx';
import {ProblemNotice} from '../../parts/notice.tsx';
import {Verbatim} from '../../parts/words.tsx';
import {countOf} from '../../text/numbers.ts';
import type {Answer, Outcome} from './done.tsx';

export type Act =
  | {readonly kind: 'redrive' | 'drop'; readonly letters: readonly Letter[]}
  | {readonly kind: 'redrive'; readonly queue: string; readonly about: number};

interface Props {
  readonly act: Act;
  readonly onClose: () => void;
  readonly onDone: (outcome: Outcome) => void;
}

const mostNamed = 8;

export function ActDialog({act, onClose, onDone}: Props) {
  const {stage, isLocal} = useSession();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const letters = 'letters' in act ? act.letters : [];
  const what =
    'letters' in act
      ? countOf(act.letters.length, 'dead letter')
      : `all of ${act.queue}, about ${countOf(act.about, 'message')},`;
  const isDrop = act.kind === 'drop';

  async function doIt(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      const body = 'letters' in act ? {ids: act.letters.map(({id}) => id)} : {queue: act.queue, all: true};
      const answer = await post<Answer>(`/api/dead-letters/${act.kind}`, body);
      onDone({kind: act.kind, count: 'letters' in act ? act.letters.length : undefined, answer});
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem('failed', String(error)));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={`${isDrop ? 'Drop' : 'Redrive'} ${what.replace(/,$/, '')} of stage ${stage}?`}
      action={isDrop ? `Drop from ${stage}` : `Redrive on ${stage}`}
      isDangerous={isDrop}
      isBusy={isBusy}
      onDo={() => void doIt()}
      onClose={onClose}
    >
      {isDrop ? (
        <p>
          They are written into a file on {isLocal ? 'this machine' : 'the machine where the console runs'},
          which only its user can read, secrets included. Then they are deleted from their queue. Nothing
          delivers them any more.
        </p>
      ) : (
        <p>
          They go back to the queues that they came from, and are delivered from there. What stood in their
          way should be mended first: else they come back.
        </p>
      )}
      {letters.length > 0 && (
        <ul class="changes">
          {letters.slice(0, mostNamed).map(({id, recipient}) => (
            <li key={id}>
              <Verbatim text={recipient ?? id} most={100} />
            </li>
          ))}
          {letters.length > mostNamed && <li>… and {letters.length - mostNamed} more</li>}
        </ul>
      )}
      {problem && <ProblemNotice problem={problem} />}
    </Dialog>
  );
}
