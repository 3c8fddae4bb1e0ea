// Loads a handler from its task root.

import {existsSync} from 'node:fs';
import {basename, dirname, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';

class MalformedHandlerNameError extends Error {
  name = 'Runtime.MalformedHandlerName';
}
class ImportModuleError extends Error {
  name = 'Runtime.ImportModuleError';
}
class UserCodeSyntaxError extends Error {
  name = 'Runtime.UserCodeSyntaxError';
}
class HandlerNotFoundError extends Error {
  name = 'Runtime.HandlerNotFound';
}
class CallbackHandlerDeprecatedError extends Error {
  name = 'Runtime.CallbackHandlerDeprecated';
}

/** `dir/module.handler`: the module's file, and the path of the function in its exports. */
export async function loadHandler(root, handler) {
  const [, moduleName, exported] = /^([^.]+)\.(.+)$/.exec(basename(handler)) ?? [];
  if (!moduleName) throw new MalformedHandlerNameError('Bad handler');
  const path = resolve(root, dirname(handler), moduleName);
  const file = ['.js', '.mjs', '.cjs'].map(extension => path + extension).find(name => existsSync(name));
  if (!file) throw new ImportModuleError(`Error: Cannot find module '${moduleName}'`);
  const module = await import(pathToFileURL(file)).catch(error => {
    const {stack} = error ?? {};
    if (error instanceof SyntaxError) throw Object.assign(new UserCodeSyntaxError(String(error)), {stack});
    // Only require() has this code: import has ERR_MODULE_NOT_FOUND.
    throw error?.code === 'MODULE_NOT_FOUND' ? new ImportModuleError(String(error)) : error;
  });
  const follow = from => exported.split('.').reduce((value, name) => value?.[name], from);
  const found = follow(module) || follow(module.default);
  if (!found) throw new HandlerNotFoundError(`${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new HandlerNotFoundError(`${handler} is not a function`);
  // Removed from Lambda with Node.js 24 ("Define Lambda function handler in Node.js").
  if (found.length > 2) {
    const change = 'You need to modify this function to use a supported handler signature';
    throw new CallbackHandlerDeprecatedError(
      `ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ${change} to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.`,
    );
  }
  return found;
}
