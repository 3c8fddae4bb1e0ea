// Asks whom to suppress, and why.

import {useState} from 'preact/hooks';
import {useSession} from '../../app/session.ts';
import {ApiProblem, post} from '../../data/api.ts';
import type {Suppression} from '../../data/documents.ts';
import {Dialog} from '../../parts/dialog.tsx';
import {ProblemNotice} from '../../parts/notice.tsx';

interface Props {
  readonly who: string;
  readonly onClose: () => void;
  readonly onDone: (who: string) => void;
}

export function AddDialog({who, onClose, onDone}: Props) {
  const {stage} = useSession();
  const [fields, setFields] = useState({who, reason: '', expires: ''});
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const field = (name: keyof typeof fields) => ({
    autocomplete: 'off',
    spellcheck: false,
    maxLength: 400,
    value: fields[name],
    onInput: ({currentTarget}: {currentTarget: HTMLInputElement}) =>
      setFields({...fields, [name]: currentTarget.value}),
  });

  async function add(): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      const {added} = await post<{added: readonly Suppression[]}>('/api/suppressions/add', fields);
      onDone(added[0]?.who ?? fields.who);
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem('failed', String(error)));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={`Suppress somebody on stage ${stage}`}
      action={`Suppress on ${stage}`}
      isBusy={isBusy}
      onDo={() => void add()}
      onClose={onClose}
    >
      <p>Mail to an address bounces from now on; with a domain, all mail to its addresses.</p>
      <label>
        Who
        <input type="text" placeholder="jo@example.org, or example.org" {...field('who')} />
      </label>
      <label>
        Reason
        <input type="text" placeholder="asked us to stop" {...field('reason')} />
      </label>
      <label>
        Expires, in UTC
        <input type="text" placeholder="never, or 2030-01-31 12:00:00" {...field('expires')} />
      </label>
      {problem && <ProblemNotice problem={problem} />}
    </Dialog>
  );
}
