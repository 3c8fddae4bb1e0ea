// Where keys come from: stdin, a file, a table, or a folder. What a file is shows in its text.

import {dirname, isAbsolute, join} from 'node:path';
import type {Context} from '../../command/context.ts';
import {UsageError} from '../../command/problems.ts';
import {isKeyFile, keyNameOfFile, type NameOptions} from './file-names.ts';
import {allOf, type Found, foundProblem} from './found-key.ts';
import {filesBelow, isFolder, type KeyText, readKeyFile} from './key-file.ts';
import {isJson, parseKeyJson} from './key-json.ts';
import {domainsOfSigningTable, isKeyTable, parseKeyTable, type TableKey} from './key-table.ts';

export interface SourceOptions extends NameOptions {
  readonly signingTable?: string | undefined;
}

const stdin = 'stdin';
const openWarning = 'can be read by others on this machine: chmod go= it, or delete it when all is done';

export async function foundIn(
  path: string,
  options: SourceOptions,
  {terminal, signal}: Pick<Context, 'terminal' | 'signal'>,
): Promise<Found> {
  if (path === '-') {
    // A key that is typed, or pasted, would be shown.
    if (terminal.isTyped) throw new UsageError('give the keys on stdin: relayq dkim import - < FILE');
    return foundInText(stdin, {text: await terminal.readAll(signal), isOpen: false}, options);
  }
  if (!(await isFolder(path))) return foundInFile(path, options);
  const files = (await filesBelow(path)).filter(file => isKeyFile(file, options));
  if (files.length === 0)
    return foundProblem(
      path,
      options.names === undefined
        ? 'is a folder without a file whose name ends in .key, .pem or .private'
        : 'is a folder without a file of such a name',
    );
  const found: Found[] = [];
  for (const file of files) found.push(await foundInFile(file, options));
  return allOf(found);
}

async function foundInFile(path: string, options: SourceOptions): Promise<Found> {
  const read = await readKeyFile(path);
  return read.ok ? foundInText(path, read.value, options) : foundProblem(path, read.problem);
}

async function foundInText(path: string, file: KeyText, options: SourceOptions): Promise<Found> {
  const {text, isOpen} = file;
  if (isKeyTable(text)) return foundInTable(path, file, options.signingTable);
  const warned = warnings(path, isOpen);
  if (isJson(text)) return allOf([warned, parseKeyJson(text, path)]);
  const name = keyNameOfFile(path === stdin ? undefined : path, options);
  if (!name.ok) return allOf([warned, foundProblem(path, name.problem)]);
  return {...warned, keys: [{where: path, ...name.value, text}]};
}

const warnings = (where: string, isOpen: boolean): Found => ({
  keys: [],
  problems: [],
  warnings: isOpen ? [{where, problem: openWarning}] : [],
});

async function foundInTable(
  path: string,
  {text, isOpen}: KeyText,
  signingTable: string | undefined,
): Promise<Found> {
  const signing = signingTable === undefined ? undefined : await readKeyFile(signingTable);
  if (signingTable !== undefined && signing?.ok === false) return foundProblem(signingTable, signing.problem);
  const domains = signing?.ok ? domainsOfSigningTable(signing.value.text) : undefined;
  const entries = parseKeyTable(text, domains);
  // A table of paths is no secret.
  const found = [warnings(path, isOpen && entries.some(entry => 'text' in entry))];
  for (const entry of entries) found.push(await foundInEntry(path, entry));
  return allOf(found);
}

async function foundInEntry(table: string, entry: TableKey): Promise<Found> {
  const where = `${table}:${entry.line}`;
  if ('problem' in entry) return foundProblem(where, entry.problem);
  const {domain, selector} = entry;
  if ('text' in entry)
    return {...warnings(where, false), keys: [{where, domain, selector, text: entry.text}]};
  const file = isAbsolute(entry.path) || table === stdin ? entry.path : join(dirname(table), entry.path);
  const read = await readKeyFile(file);
  if (!read.ok) return foundProblem(where, `names the file ${file}, which ${read.problem}`);
  const {text, isOpen} = read.value;
  return {...warnings(file, isOpen), keys: [{where: `${where} (${file})`, domain, selector, text}]};
}
