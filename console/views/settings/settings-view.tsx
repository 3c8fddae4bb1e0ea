// The settings of a stage: what counts, since when, what is wrong; and changes, several at a time.

import {useState} from 'preact/hooks';
import type {ViewProps} from '../../app/route.ts';
import {useSession} from '../../app/session.ts';
import {adjustQuery} from '../../app/use-route.ts';
import type {Setting, SettingsAnswer} from '../../data/documents.ts';
import {usePolled} from '../../data/polled.ts';
import {Choices} from '../../parts/choices.tsx';
import {CopyAs} from '../../parts/copy.tsx';
import {Empty} from '../../parts/notice.tsx';
import {Panel, Polling, SourceOf} from '../../parts/panel.tsx';
import {AddSetting} from './add-setting.tsx';
import {ChangeBar} from './change-bar.tsx';
import {type Draft, withChange, withoutChange} from './draft.ts';
import {groupsOf} from './setting-groups.ts';
import {SettingRow} from './setting-row.tsx';

const everyMs = 15_000;

export function SettingsView({route}: ViewProps) {
  const {readOnly} = useSession();
  const answer = usePolled<SettingsAnswer>('/api/settings', everyMs);
  const [draft, setDraft] = useState<Draft>({});
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({});
  const {q = '', show = ''} = route.query;
  const all = answer.data?.settings ?? [];
  const problems = new Map(answer.data?.problems.map(({name, problem}) => [name, problem]));
  const added = Object.keys(draft).filter(name => !all.some(each => each.name === name));
  const settings = [...all, ...added.map(newSetting)];
  const isSet = ({source}: Setting) => source === 'parameter';
  const shown = settings.filter(
    each =>
      each.name in draft ||
      (each.name.toLowerCase().includes(q.trim().toLowerCase()) &&
        (show === '' || (show === 'set' ? isSet(each) : problems.has(each.name)))),
  );
  const change = (name: string, value: string | null | undefined) => {
    setRefused(before => Object.fromEntries(Object.entries(before).filter(([each]) => each !== name)));
    setDraft(before => (value === undefined ? withoutChange(before, name) : withChange(before, name, value)));
  };
  return (
    <>
      <div class="view-head">
        <h1>Settings</h1>
        <p class="note">
          Parameters below <code>/relayq/{useSession().stage}/</code>; <SourceOf of={answer} from="SSM" />
        </p>
        <div class="buttons end">
          <CopyAs
            commands={({relayq, aws, stage}) => [
              relayq('settings'),
              aws('ssm', 'get-parameters-by-path', '--path', `/relayq/${stage}/`),
              ...(Object.keys(draft).length === 0 ? [] : [relayq('set', ...assignmentsOf(draft, settings))]),
            ]}
          />
        </div>
      </div>
      <div class="filters">
        <input
          type="search"
          aria-label="Filter by name"
          placeholder="Filter by name"
          value={q}
          onInput={({currentTarget}) => adjustQuery(route, {q: currentTarget.value})}
        />
        <Choices
          label="Which"
          value={show}
          options={[
            {value: '', text: 'All', count: all.length},
            {value: 'set', text: 'Set here', count: all.filter(isSet).length},
            {value: 'wrong', text: 'With problems', count: problems.size},
          ]}
          onChoose={value => adjustQuery(route, {show: value})}
        />
        {!readOnly && <AddSetting onAdd={name => change(name, '')} />}
      </div>
      <Polling of={answer} lines={12}>
        {() =>
          shown.length === 0 ? (
            <Empty title="No setting fits">
              <button type="button" onClick={() => adjustQuery(route, {q: '', show: ''})}>
                Show all
              </button>
            </Empty>
          ) : (
            groupsOf(shown).map(({title, settings: some}) => (
              <Panel key={title} title={title} class="settings">
                <ul>
                  {some.map(setting => (
                    <SettingRow
                      key={setting.name}
                      setting={setting}
                      problem={problems.get(setting.name)}
                      refusal={refused[setting.name]}
                      draft={draft[setting.name]}
                      onChange={value => change(setting.name, value)}
                      canChange={!readOnly}
                    />
                  ))}
                </ul>
              </Panel>
            ))
          )
        }
      </Polling>
      <ChangeBar
        draft={draft}
        settings={settings}
        onDiscard={() => {
          setDraft({});
          setRefused({});
        }}
        onRefused={setRefused}
        onWritten={() => {
          setDraft({});
          setRefused({});
          answer.refresh();
        }}
      />
    </>
  );
}

const newSetting = (name: string): Setting => ({
  name,
  value: null,
  source: 'default',
  counts: true,
  version: null,
  since: null,
});

/** A secret is no argument: named alone, it is asked for. */
const assignmentsOf = (draft: Draft, settings: readonly Setting[]): string[] =>
  Object.entries(draft).map(([name, value]) => {
    const isSecret = settings.find(each => each.name === name)?.isSecret || (value?.includes('@') ?? false);
    return isSecret && value ? name : `${name}=${value ?? ''}`;
  });
