// What is paused, cancelled or outside of its window; and a form to pause or cancel more, with a preview.

import {useState} from 'preact/hooks';
import type {ViewProps} from '../../app/route.ts';
import {useSession} from '../../app/session.ts';
import {ApiProblem, post} from '../../data/api.ts';
import type {HoldsAnswer} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {Remark} from '../../parts/badge.tsx';
import {CopyAs} from '../../parts/copy.tsx';
import {Empty, ProblemNotice} from '../../parts/notice.tsx';
import {Panel, Polling, SourceOf} from '../../parts/panel.tsx';
import {Time} from '../../parts/time.tsx';
import {Verbatim} from '../../parts/words.tsx';
import {countOf} from '../../text/numbers.ts';
import {HoldForm} from './hold-form.tsx';

const everyMs = 10_000;

export function HeldView(_: ViewProps) {
  const {readOnly, stage} = useSession();
  const holds = usePolled<HoldsAnswer>('/api/holds', everyMs);
  const [problem, setProblem] = useState<ApiProblem>();
  const [isBusy, setBusy] = useState(false);

  async function remove(setting: string): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      await post('/api/settings', {changes: {[setting]: null}});
      holds.refresh();
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem('failed', String(error)));
    }
    setBusy(false);
  }

  return (
    <>
      <div class="view-head">
        <h1>Held mail</h1>
        <p class="note">
          <SourceOf of={holds} />
        </p>
        <div class="buttons end">
          <CopyAs commands={({relayq}) => [relayq('hold', 'list')]} />
        </div>
      </div>
      {problem && <ProblemNotice problem={problem} />}
      <Polling of={holds} lines={4}>
        {({held, rules, problems}) => (
          <Panel title={held === 0 ? 'No mail is held' : `About ${countOf(held, 'message')} held`}>
            {problems.map(({path, problem: text}) => (
              <Remark key={path} tone="bad">
                <Verbatim text={`${path} ${text}`} most={300} />
              </Remark>
            ))}
            {rules.length === 0 ? (
              <Empty title="Nothing holds mail back">
                <p>Pauses, cancellations and delivery windows of the stage would stand here.</p>
              </Empty>
            ) : (
              <ul class="changes">
                {rules.map(({setting, does, mail, reason, until, isOver, kind}) => (
                  <li key={setting}>
                    <b>
                      <Verbatim text={setting} most={120} />
                    </b>{' '}
                    {does} <Verbatim text={mail} most={200} />
                    {until !== undefined && (
                      <>
                        {isOver ? ', over since ' : ' until '}
                        <Time time={until} />
                      </>
                    )}
                    {reason !== undefined && (
                      <>
                        : <Verbatim text={reason} most={200} />
                      </>
                    )}{' '}
                    {!readOnly && kind !== 'window' && (
                      <button
                        type="button"
                        class="quiet"
                        disabled={isBusy}
                        onClick={() => void remove(setting)}
                      >
                        {kind === 'pause' ? 'Resume' : 'Remove'} <span class="unseen">{setting}</span>
                      </button>
                    )}
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        )}
      </Polling>
      {!readOnly && <HoldForm stage={stage} onDone={holds.refresh} />}
    </>
  );
}
