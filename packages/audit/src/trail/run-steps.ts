import { sign } from '@mcps/crypto';
import type { PrivateKey, Signer } from '@mcps/crypto';
import { signSync } from '@mcps/crypto/node';
import type { AppendFile } from '../file/append-file.js';
import type { WriterStep, WriterSteps } from './trail-writer.js';

/** Takes the steps of a writer before it returns. Throws what the writer does. */
export function runNow(steps: WriterSteps, file: AppendFile, key: PrivateKey): void {
  const take = (step: WriterStep): Uint8Array | undefined => {
    if ('sign' in step) return signSync(key, step.sign);
    file.append(step.write);
    return undefined;
  };
  for (let next = steps.next(); next.done !== true;) {
    let answer: Uint8Array | undefined;
    try {
      answer = take(next.value);
    } catch (error) {
      next = steps.throw(error);
      continue;
    }
    next = steps.next(answer);
  }
}

/** Takes the steps of a writer, waiting for a signer and for the file. Rejects with what the writer throws. */
export async function runLater(steps: WriterSteps, file: AppendFile, key: PrivateKey | Signer): Promise<void> {
  const take = async (step: WriterStep): Promise<Uint8Array | undefined> => {
    if ('sign' in step) return sign(key, step.sign);
    await file.appendLater(step.write);
    return undefined;
  };
  for (let next = steps.next(); next.done !== true;) {
    let answer: Uint8Array | undefined;
    try {
      answer = await take(next.value);
    } catch (error) {
      next = steps.throw(error);
      continue;
    }
    next = steps.next(answer);
  }
}
