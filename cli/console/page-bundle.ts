// Makes the files of the page of its sources: for the checkout, and for the package.

import {readdir, readFile} from 'node:fs/promises';
import {basename, join} from 'node:path';

/** @param folder with index.html, main.tsx or main.ts, and perhaps styles/main.css @returns contents by name */
export async function bundledPage(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const names = await readdir(folder, {recursive: true});
  const entryPoints = names
    .filter(name => /^main\.tsx?$/.test(name) || name === join('styles', 'main.css'))
    .map(name => join(folder, name));
  if (entryPoints.length === 0) throw new Error(`there are no sources of the page in ${folder}`);
  // Whoever has the package has no need of it.
  const {build} = await import('esbuild');
  const {outputFiles} = await build({
    entryPoints,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    outdir: folder,
    entryNames: '[name]',
    assetNames: '[name]',
    logLevel: 'silent',
  });
  return new Map([
    ['index.html', await readFile(join(folder, 'index.html'))],
    ...outputFiles.map(({path, contents}) => [basename(path), contents] as const),
  ]);
}
