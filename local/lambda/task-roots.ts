// The functions' code where Lambda would have it: away from the project, so that an import that the bundle
// lacks fails here as it would when deployed, instead of finding the project's node_modules or package.json.

import {cp, mkdir} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import type {FunctionResource} from './function-resource.ts';

/** Copies the function's bundle below the directory; gives its task root. */
export async function copyTaskRoot(
  {name, assetPath}: FunctionResource,
  assetsDirectory: string,
  directory: string,
): Promise<string> {
  const taskRoot = join(directory, name);
  await mkdir(taskRoot);
  await cp(resolve(assetsDirectory, assetPath), taskRoot, {recursive: true});
  return taskRoot;
}
