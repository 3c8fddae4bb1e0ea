// Asks before somebody is taken off the list, or several at a time.

import {useState} from 'preact/hooks';
import {useSession} from '../../app/session.ts';
import {ApiProblem, post} from '../../data/api.ts';
import type {Suppression} from '../../data/documents.ts';
import {Dialog} from '../../parts/dialog.tsx';
import {ProblemNotice} from '../../parts/notice.tsx';
import {Verbatim} from '../../parts/words.tsx';
import {countOf} from '../../text/numbers.ts';

interface Props {
  readonly entries: readonly Suppression[];
  readonly onClose: () => void;
  readonly onDone: (whom: string) => void;
}

const mostNamed = 8;

const whomOf = (entries: readonly Suppression[]): string =>
  entries.length === 1 ? entries[0]!.who : countOf(entries.length, 'entry', 'entries');

export function RemoveDialog({entries, onClose, onDone}: Props) {
  const {stage} = useSession();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();

  async function remove(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await post('/api/suppressions/remove', {who: entries.map(({who}) => who)});
      onDone(whomOf(entries));
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem('failed', String(error)));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={`Remove ${whomOf(entries)} from the list of stage ${stage}?`}
      action={`Remove from ${stage}`}
      isDangerous
      isBusy={isBusy}
      onDo={() => void remove()}
      onClose={onClose}
    >
      <p>Mail to {entries.length === 1 ? `this ${entries[0]!.kind}` : 'them'} goes again.</p>
      <ul class="changes">
        {entries.slice(0, mostNamed).map(({who, reason, source}) => (
          <li key={who}>
            {entries.length > 1 && (
              <>
                <Verbatim text={who} most={100} />,{' '}
              </>
            )}
            by <Verbatim text={source} most={64} />:{' '}
            <Verbatim text={reason || 'no reason given'} most={300} />
          </li>
        ))}
        {entries.length > mostNamed && <li>… and {entries.length - mostNamed} more</li>}
      </ul>
      {problem && <ProblemNotice problem={problem} />}
    </Dialog>
  );
}
