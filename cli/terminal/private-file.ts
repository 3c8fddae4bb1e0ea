// A new file that nobody else can read. What is in it survives a power cut once it is said to be written.

import {constants, type FileHandle, open} from 'node:fs/promises';
import {dirname} from 'node:path';

const {O_APPEND, O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW = 0} = constants;

export class PrivateFile {
  readonly path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** @throws Error in words, where there is such a file already */
  static async create(path: string): Promise<PrivateFile> {
    try {
      const file = await open(path, O_CREAT | O_EXCL | O_WRONLY | O_APPEND | O_NOFOLLOW, 0o600);
      return new PrivateFile(path, file);
    } catch (error) {
      const {code, message} = error as NodeJS.ErrnoException;
      const reason =
        code === 'EEXIST' ? 'is there already, and is not overwritten' : `cannot be written: ${message}`;
      throw new Error(`${path} ${reason}`, {cause: error});
    }
  }

  async write(text: string): Promise<void> {
    await this.#file.appendFile(text);
    await this.#file.sync();
    // The name of a new file is in its folder, which is a file too.
    const folder = await open(dirname(this.path), constants.O_RDONLY);
    await folder.sync().finally(() => folder.close());
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
