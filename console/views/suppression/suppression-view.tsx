// Who gets no mail: whether somebody is among them, all of them page by page, and what can be done about it.

import {useState} from 'preact/hooks';
import {linkTo, type ViewProps} from '../../app/route.ts';
import {useSession} from '../../app/session.ts';
import {goTo} from '../../app/use-route.ts';
import {queryOf} from '../../data/api.ts';
import type {Suppression, SuppressionsAnswer} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {CopyAs} from '../../parts/copy.tsx';
import {Empty, Notice} from '../../parts/notice.tsx';
import {Panel, Polling, SourceOf} from '../../parts/panel.tsx';
import {countOf} from '../../text/numbers.ts';
import {AddDialog} from './add-dialog.tsx';
import {RemoveDialog} from './remove-dialog.tsx';
import {SuppressionForm} from './suppression-form.tsx';
import {SuppressionTable} from './suppression-table.tsx';

type Act = {readonly kind: 'add'} | {readonly kind: 'remove'; readonly entries: readonly Suppression[]};

/** What can be removed at a time. */
const mostRemoved = 100;

export function SuppressionView({route}: ViewProps) {
  const {readOnly} = useSession();
  const {q = '', source = '', reason = '', after = ''} = route.query;
  const query = q === '' ? {source, reason, after} : {who: q};
  const answer = usePolled<SuppressionsAnswer>(`/api/suppressions${queryOf(query)}`, undefined);
  const [act, setAct] = useState<Act>();
  const [done, setDone] = useState<string>();
  const isFiltered = source !== '' || reason !== '';
  const finish = (text: string) => {
    setAct(undefined);
    setDone(text);
    answer.refresh();
  };
  return (
    <>
      <div class="view-head">
        <h1>Suppression</h1>
        <p class="note">
          <SourceOf of={answer} />
        </p>
        <div class="buttons end">
          {!readOnly && (
            <button type="button" class="quiet" onClick={() => setAct({kind: 'add'})}>
              Add…
            </button>
          )}
          <CopyAs
            commands={({relayq}) =>
              q === ''
                ? ['list', ...(isFiltered ? ['remove'] : [])].map(verb =>
                    relayq(
                      ...['suppress', verb],
                      ...(source === '' ? [] : ['--source', source]),
                      ...(reason === '' ? [] : ['--reason', reason]),
                    ),
                  )
                : [relayq('suppress', 'list', q), relayq('explain', q)]
            }
          />
        </div>
      </div>
      <SuppressionForm route={route} />
      {done !== undefined && <Notice tone="good" title={done} />}
      <Polling of={answer} lines={6}>
        {({on, entries, next, who, suppressed}) => (
          <>
            {!on && (
              <Notice tone="warn" title="The list is not read">
                <p>
                  The setting <a href={linkTo(['settings'], {q: 'suppression'})}>suppression</a> is off: mail
                  goes to everybody.
                </p>
              </Notice>
            )}
            {who !== undefined && (
              <Notice
                tone={suppressed ? 'bad' : 'good'}
                title={suppressed ? `${who} is suppressed` : `${who} is not suppressed`}
              />
            )}
            {entries.length > 0 ? (
              <Panel
                title={who === undefined ? 'Entries' : 'What the list says'}
                source={countOf(entries.length, 'entry', 'entries')}
                actions={
                  isFiltered &&
                  !readOnly && (
                    <button
                      type="button"
                      class="quiet"
                      onClick={() => setAct({kind: 'remove', entries: entries.slice(0, mostRemoved)})}
                    >
                      Remove these {Math.min(entries.length, mostRemoved)}…
                    </button>
                  )
                }
              >
                <SuppressionTable
                  entries={entries}
                  onRemove={readOnly ? undefined : entry => setAct({kind: 'remove', entries: [entry]})}
                />
              </Panel>
            ) : (
              who === undefined && (
                <Empty title={isFiltered || after !== '' ? 'Nobody here fits' : 'Nobody is suppressed'}>
                  <p>
                    {next === null
                      ? 'Hard bounces come here by themselves while the setting is on; lists of other systems with relayq suppress import.'
                      : 'There are more entries to look through.'}
                  </p>
                </Empty>
              )
            )}
            {next !== null && (
              <button
                type="button"
                onClick={() => goTo(linkTo(['suppression'], {source, reason, after: next}))}
              >
                Next page
              </button>
            )}
          </>
        )}
      </Polling>
      {act?.kind === 'add' && (
        <AddDialog who={q} onClose={() => setAct(undefined)} onDone={who => finish(`${who} is suppressed`)} />
      )}
      {act?.kind === 'remove' && (
        <RemoveDialog
          entries={act.entries}
          onClose={() => setAct(undefined)}
          onDone={whom => finish(`${whom} removed`)}
        />
      )}
    </>
  );
}
