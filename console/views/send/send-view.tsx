// A test message: written in a form or as JSON, explained before it is sent, and followed afterwards.

import {useState} from 'preact/hooks';
import type {ViewProps} from '../../app/route.ts';
import {useSession} from '../../app/session.ts';
import {ApiProblem, post} from '../../data/api.ts';
import type {Explanation} from '../../data/documents.ts';
import {Remark} from '../../parts/badge.tsx';
import {Choices} from '../../parts/choices.tsx';
import {CopyAs} from '../../parts/copy.tsx';
import {Notice, ProblemNotice} from '../../parts/notice.tsx';
import {Panel} from '../../parts/panel.tsx';
import {Words} from '../../parts/words.tsx';
import {Steps} from '../domains/steps.tsx';
import {SentWay} from './sent-way.tsx';
import {type Fields, fieldsIn, firstFields, messageIn, messageOf} from './test-message.ts';

export function SendView({route}: ViewProps) {
  const {stage, isLocal, readOnly} = useSession();
  const [view, setView] = useState('form');
  const [json, setJson] = useState(() =>
    JSON.stringify(messageOf(firstFields(route.query.to)), undefined, 2),
  );
  const [explanation, setExplanation] = useState<Explanation>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [sent, setSent] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const read = messageIn(json);
  const fields = read.ok ? fieldsIn(read.message) : undefined;
  const change = (change: Partial<Fields>) => {
    if (!read.ok || fields === undefined) return;
    setJson(JSON.stringify(messageOf({...fields, ...change}, read.message), undefined, 2));
  };

  async function ask<T>(path: string, take: (answer: T) => void): Promise<void> {
    if (!read.ok) return;
    setBusy(true);
    setProblem(undefined);
    try {
      take(await post<T>(path, {message: read.message}));
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem('failed', String(error)));
    }
    setBusy(false);
  }

  return (
    <>
      <div class="view-head">
        <h1>Send a test message</h1>
        <p class="note">
          {isLocal
            ? 'It goes on the outbox of this machine’s local cloud.'
            : `It goes on the outbox of stage ${stage}, and is real mail.`}
        </p>
        <div class="buttons end">
          <CopyAs commands={({relayq}) => [relayq('send', '--wait', 'message.json')]} />
        </div>
      </div>
      <div class="columns even">
        <Panel
          title="Message"
          actions={
            <Choices
              label="Written as"
              value={view}
              options={[
                {value: 'form', text: 'Form'},
                {value: 'json', text: 'JSON'},
              ]}
              onChoose={setView}
            />
          }
        >
          <form
            class="message-form"
            onSubmit={event => {
              event.preventDefault();
              setSent(undefined);
              void ask<{readonly id: string}>('/api/send', ({id}) => setSent(id));
            }}
          >
            {view === 'json' ? (
              <label>
                The message as JSON
                <textarea
                  class="mono"
                  rows={16}
                  spellcheck={false}
                  value={json}
                  aria-invalid={!read.ok}
                  onInput={({currentTarget}) => setJson(currentTarget.value)}
                />
              </label>
            ) : fields === undefined ? (
              <p class="hint">
                The form cannot show this message: its text is not an object with subject and text. Edit the
                JSON.
              </p>
            ) : (
              <Form fields={fields} onChange={change} />
            )}
            {!read.ok && (
              <Remark tone="bad">
                <Words text={read.problem} most={300} />
              </Remark>
            )}
            <div class="buttons">
              <button type="submit" class="primary" disabled={!read.ok || isBusy || readOnly}>
                Send to {stage}
              </button>
              <button
                type="button"
                disabled={!read.ok || isBusy}
                onClick={() => void ask<Explanation>('/api/explain', setExplanation)}
              >
                Explain first
              </button>
              {readOnly && <span class="note">The console was started with --read-only.</span>}
            </div>
            {problem && <ProblemNotice problem={problem} />}
          </form>
        </Panel>
        <div>
          {sent !== undefined && <SentWay key={sent} id={sent} />}
          {explanation && (
            <Panel title="Where it would go now">
              <div class="verdict">
                <Remark tone={explanation.goes ? 'good' : 'warn'}>
                  It <Words text={explanation.verdict} />
                </Remark>
              </div>
              <Steps steps={explanation.steps} />
            </Panel>
          )}
          {sent === undefined && explanation === undefined && (
            <Notice tone="calm" title="Its way is shown here">
              <p>As soon as it is sent: each attempt, and each reply. Explaining sends nothing.</p>
            </Notice>
          )}
        </div>
      </div>
    </>
  );
}

interface FormProps {
  readonly fields: Fields;
  readonly onChange: (change: Partial<Fields>) => void;
}

const Form = ({fields: {envelope, recipient, subject, text}, onChange}: FormProps) => (
  <>
    <label>
      From (envelope)
      <input
        type="text"
        inputMode="email"
        value={envelope}
        onInput={({currentTarget}) => onChange({envelope: currentTarget.value})}
      />
    </label>
    <label>
      To (recipient)
      <input
        type="text"
        inputMode="email"
        value={recipient}
        onInput={({currentTarget}) => onChange({recipient: currentTarget.value})}
      />
    </label>
    <label>
      Subject
      <input
        type="text"
        value={subject}
        onInput={({currentTarget}) => onChange({subject: currentTarget.value})}
      />
    </label>
    <label>
      Text
      <textarea rows={8} value={text} onInput={({currentTarget}) => onChange({text: currentTarget.value})} />
    </label>
  </>
);
