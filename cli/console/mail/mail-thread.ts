// The thread that reads one mail, and ends with it.

import {parentPort, workerData} from 'node:worker_threads';
import {readMail} from './mail-document.ts';

parentPort!.postMessage(await readMail(workerData as Uint8Array));
