// Pauses or cancels mail: first it is told which mail that is and about how much, then it is written.

import {useState} from 'preact/hooks';
import {ApiProblem, post} from '../../data/api.ts';
import type {HoldPreview} from '../../data/documents.ts';
import {Remark} from '../../parts/badge.tsx';
import {ProblemNotice} from '../../parts/notice.tsx';
import {Panel} from '../../parts/panel.tsx';
import {Verbatim} from '../../parts/words.tsx';

const selectors = [
  {value: 'domain', text: 'domain'},
  {value: 'tag', text: 'tag'},
  {value: 'nextHop', text: 'next hop'},
  {value: 'recipient', text: 'recipient'},
  {value: 'id', text: 'message ID'},
  {value: 'all', text: 'all mail'},
] as const;

interface Props {
  readonly stage: string;
  readonly onDone: () => void;
}

export function HoldForm({stage, onDone}: Props) {
  const [kind, setKind] = useState<'pauses' | 'errors'>('pauses');
  const [by, setBy] = useState<string>('domain');
  const [value, setValue] = useState('');
  const [reason, setReason] = useState('');
  const [preview, setPreview] = useState<HoldPreview>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [isBusy, setBusy] = useState(false);
  const isPause = kind === 'pauses';
  const changed =
    <T,>(set: (value: T) => void) =>
    (to: T) => {
      set(to);
      // What was looked at is no longer what would be written.
      setPreview(undefined);
    };

  async function run(act: () => Promise<void>): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await act();
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem('failed', String(error)));
    }
    setBusy(false);
  }

  const look = () =>
    run(async () => {
      const rule = {reason, [by]: by === 'all' ? true : value.trim()};
      setPreview(await post<HoldPreview>('/api/holds/preview', {kind, rule}));
    });

  const write = ({setting, text}: HoldPreview) =>
    run(async () => {
      await post('/api/settings', {changes: {[setting]: text}});
      setPreview(undefined);
      setValue('');
      onDone();
    });

  return (
    <Panel title="Pause or cancel mail">
      <form
        class="message-form"
        onSubmit={event => {
          event.preventDefault();
          void look();
        }}
      >
        <label>
          What
          <select
            value={kind}
            onChange={({currentTarget}) => changed(setKind)(currentTarget.value as 'pauses' | 'errors')}
          >
            <option value="pauses">Pause: it waits until it is resumed</option>
            <option value="errors">Cancel: it ends as bounced, for seven days</option>
          </select>
        </label>
        <label>
          By
          <select value={by} onChange={({currentTarget}) => changed(setBy)(currentTarget.value)}>
            {selectors.map(each => (
              <option key={each.value} value={each.value}>
                {each.text}
              </option>
            ))}
          </select>
        </label>
        {by !== 'all' && (
          <label>
            Which {selectors.find(each => each.value === by)?.text}
            <input
              type="text"
              spellcheck={false}
              value={value}
              onInput={({currentTarget}) => changed(setValue)(currentTarget.value)}
            />
          </label>
        )}
        <label>
          Reason, for results, logs and colleagues
          <input
            type="text"
            maxLength={200}
            value={reason}
            onInput={({currentTarget}) => changed(setReason)(currentTarget.value)}
          />
        </label>
        <div class="buttons">
          <button type="submit" disabled={isBusy || reason.trim() === ''}>
            Preview
          </button>
          {preview && (
            <button
              type="button"
              class={isPause ? 'primary' : 'danger'}
              disabled={isBusy}
              onClick={() => void write(preview)}
            >
              {isPause ? 'Pause' : 'Cancel'} on {stage}
            </button>
          )}
        </div>
        <div aria-live="polite">
          {preview && (
            <Remark tone="warn">
              <Verbatim text={`${preview.setting}: ${preview.mail}; ${preview.estimateText}`} most={500} />
            </Remark>
          )}
        </div>
        {problem && <ProblemNotice problem={problem} />}
      </form>
    </Panel>
  );
}
