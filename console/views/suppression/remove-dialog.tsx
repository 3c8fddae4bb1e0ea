// Asks before somebody is taken off the list.

import {useState} from 'preact/hooks';
import {useSession} from '../../app/session.ts';
import {ApiProblem, post} from '../../data/api.ts';
import type {Suppression} from '../../data/documents.ts';
import {Dialog} from '../../parts/dialog.tsx';
import {ProblemNotice} from '../../parts/notice.tsx';
import {Verbatim} from '../../parts/words.tsx';

interface Props {
  readonly entry: Suppression;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function RemoveDialog({entry: {who, kind, reason, source}, onClose, onDone}: Props) {
  const {stage} = useSession();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();

  async function remove(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await post('/api/suppressions/remove', {who: [who]});
      onDone();
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem('failed', String(error)));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={`Remove ${who} from the list of stage ${stage}?`}
      action={`Remove from ${stage}`}
      isDangerous
      isBusy={isBusy}
      onDo={() => void remove()}
      onClose={onClose}
    >
      <p>
        Mail to this {kind} goes again. It is in the list by <Verbatim text={source} most={64} />:{' '}
        <Verbatim text={reason || 'no reason given'} most={300} />
      </p>
      {problem && <ProblemNotice problem={problem} />}
    </Dialog>
  );
}
