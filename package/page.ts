// Puts the page of the console into dist/: the files that the checkout would serve.

import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {bundledPage} from '../cli/console/page-bundle.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'dist/console');

mkdirSync(folder, {recursive: true});
for (const [name, content] of await bundledPage(join(root, 'console')))
  writeFileSync(join(folder, name), content);
