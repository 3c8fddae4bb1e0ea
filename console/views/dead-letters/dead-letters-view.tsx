// Dead letters: what is there, and what can be done with it. Each look hides them for a moment, so nobody looks by itself.

import {useState} from 'preact/hooks';
import type {ViewProps} from '../../app/route.ts';
import {useSession} from '../../app/session.ts';
import type {Letter, LettersAnswer} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {CopyAs} from '../../parts/copy.tsx';
import {Empty} from '../../parts/notice.tsx';
import {Panel, Polling, SourceOf} from '../../parts/panel.tsx';
import {type Act, ActDialog} from './act-dialog.tsx';
import {Done, type Outcome} from './done.tsx';
import {LetterList} from './letter-list.tsx';
import {LetterPanel} from './letter-panel.tsx';

export function DeadLettersView({route}: ViewProps) {
  const {readOnly} = useSession();
  const letters = usePolled<LettersAnswer>('/api/dead-letters', undefined);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [act, setAct] = useState<Act>();
  const [outcome, setOutcome] = useState<Outcome>();
  const id = route.path[1];
  const all = letters.data?.queues.flatMap(queue => queue.letters) ?? [];
  const selected = all.filter(letter => chosen.has(letter.id));
  const filled = letters.data?.queues.filter(({about}) => about > 0) ?? [];
  const choose = (some: readonly Letter[], isChosen: boolean) =>
    setChosen(before => {
      const next = new Set(before);
      for (const each of some) {
        if (isChosen) next.add(each.id);
        else next.delete(each.id);
      }
      return next;
    });
  return (
    <>
      <div class="view-head">
        <h1>Dead letters</h1>
        <p class="note">
          <SourceOf of={letters} from="a sample of each queue" />
        </p>
        <div class="buttons end">
          <button type="button" class="quiet" disabled={letters.isLoading} onClick={letters.refresh}>
            {letters.isLoading ? 'Looking…' : 'Look again'}
          </button>
          <CopyAs
            commands={({relayq}) =>
              id === undefined
                ? [relayq('dead-letters', 'list')]
                : [relayq('dead-letters', 'show', id), relayq('dead-letters', 'redrive', id)]
            }
          />
        </div>
      </div>
      {outcome && <Done outcome={outcome} />}
      {id !== undefined && (
        <LetterPanel
          id={id}
          onAct={readOnly ? undefined : setAct}
          letter={all.find(each => each.id === id)}
        />
      )}
      <Polling of={letters} lines={6}>
        {() =>
          filled.length === 0 ? (
            <Empty title="There are no dead letters">
              <p>A message comes here when our own functions failed at it for days, or died of it.</p>
            </Empty>
          ) : (
            filled.map(queue => (
              <Panel
                key={queue.queue}
                title={queue.queue}
                source={
                  queue.about > queue.letters.length
                    ? `${queue.letters.length} of about ${queue.about}`
                    : `all ${queue.letters.length}`
                }
                actions={
                  !readOnly && (
                    <button
                      type="button"
                      class="quiet"
                      onClick={() => setAct({kind: 'redrive', queue: queue.queue, about: queue.about})}
                    >
                      Redrive all of it…
                    </button>
                  )
                }
              >
                <LetterList
                  letters={queue.letters}
                  chosen={chosen}
                  onChoose={readOnly ? undefined : choose}
                  current={id}
                />
              </Panel>
            ))
          )
        }
      </Polling>
      {selected.length > 0 && (
        <div class="change-bar">
          <div class="bar-of-changes">
            <b>{selected.length} chosen</b>
            <div class="buttons end">
              <button type="button" onClick={() => setChosen(new Set())}>
                Choose none
              </button>
              <button
                type="button"
                class="danger quiet"
                onClick={() => setAct({kind: 'drop', letters: selected})}
              >
                Drop…
              </button>
              <button
                type="button"
                class="primary"
                onClick={() => setAct({kind: 'redrive', letters: selected})}
              >
                Redrive…
              </button>
            </div>
          </div>
        </div>
      )}
      {act && (
        <ActDialog
          act={act}
          onClose={() => setAct(undefined)}
          onDone={done => {
            setAct(undefined);
            setOutcome(done);
            setChosen(new Set());
            if (id !== undefined) location.hash = '#/dead-letters';
            letters.refresh();
          }}
        />
      )}
    </>
  );
}
