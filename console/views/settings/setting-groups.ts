// Settings in groups, as people look for them: by how their names begin.

import type {Setting} from '../../data/documents.ts';

const groups: readonly {readonly title: string; readonly fits: RegExp}[] = [
  {title: 'Smarthost', fits: /^smarthost/},
  {title: 'Sink', fits: /^smtp-sink/},
  {title: 'Direct delivery', fits: /^(?:mx-|helo)/},
  {title: 'Retries', fits: /^(?:retry|max-)/},
  {title: 'Capacity', fits: /^capacity\//},
  {title: 'Texts and headers', fits: /^(?:mq-headers|strict|add-headers|seven-bit)/},
  {title: 'DKIM', fits: /^dkim/},
  {title: 'Suppression', fits: /^suppression/},
  {title: 'Results and classes', fits: /^(?:results|classes)/},
  {title: 'Others', fits: /^/},
];

export interface SettingGroup {
  readonly title: string;
  readonly settings: readonly Setting[];
}

export function groupsOf(settings: readonly Setting[]): readonly SettingGroup[] {
  const titleOf = ({name}: Setting) => groups.find(({fits}) => fits.test(name))!.title;
  const grouped = Map.groupBy(settings, titleOf);
  return groups.flatMap(({title}) => {
    const some = grouped.get(title);
    return some === undefined ? [] : [{title, settings: some}];
  });
}
