import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {Tables} from '../../../local/dynamodb/tables.ts';
import {openStore} from '../../../local/store/store.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relayq-test-'));
});
afterEach(() => rmSync(directory, {recursive: true}));

/** The tables of one start of the cloud. */
function during(use: (tables: Tables) => void): void {
  const store = openStore(directory);
  const tables = new Tables({store});
  tables.create({logicalId: 'State', name: 'state', key: 'id'});
  tables.create({logicalId: 'Receivers', name: 'receivers', key: 'list', sortKey: 'receiver'});
  use(tables);
  store.close();
}

test('items survive a restart, and removed ones stay removed', () => {
  const [a, b] = [{id: {S: 'a'}}, {id: {S: 'b'}}];
  during(tables => {
    for (const key of [a, b]) tables.table('state').put({...key, count: {N: '1'}});
    tables.table('state').delete(b);
  });
  during(tables => expect(tables.itemsOf('state')).toEqual([{...a, count: {N: '1'}}]));
});

test('items with a sort key are kept apart, whatever their keys contain', () => {
  const keys = [
    ['a\n', 'b'],
    ['a', '\nb'],
    ['a', 'b'],
  ].map(([list, receiver]) => ({list: {S: list!}, receiver: {S: receiver!}}));
  during(tables => {
    for (const key of keys) tables.table('receivers').put(key);
    tables.table('receivers').delete(keys[2]!);
  });
  during(tables => {
    expect(tables.itemsOf('receivers')).toHaveLength(2);
    expect(tables.itemsOf('receivers')).toEqual(expect.arrayContaining(keys.slice(0, 2)));
    expect(tables.itemsOf('state')).toEqual([]);
  });
});
