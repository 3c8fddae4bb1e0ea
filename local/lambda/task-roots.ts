// Puts the functions' code where it would be in Lambda: away from the project. An import that the bundle lacks then fails
// as it would when deployed, and does not find the project's node_modules or package.json.

import {cp, mkdir} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import type {FunctionResource} from './function-resource.ts';

/** Copies the function's bundle below the directory. @returns its task root */
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
