import type { NumberMark, NumberState } from '@mcps/protocol';
import { stateName } from './names.js';
import type { StateKind } from './names.js';
import { readRecord, wholeNumber } from './record.js';
import type { StateStore } from './state-store.js';

/** The highest numbers of one kind of statement, in a store that other processes may write to as well. */
export function numbersIn(store: StateStore, kind: StateKind): NumberState {
  return {
    async load(issuer) {
      const text = await store.load(await stateName(kind, issuer));
      return text === undefined ? undefined : readMark(text);
    },
    async save(issuer, mark) {
      await store.update(await stateName(kind, issuer), (text) => {
        const current = text === undefined ? undefined : readMark(text);
        // Between our reading and our writing another process went further: what we were about to accept is old.
        if (current !== undefined && (current.number > mark.number || isOther(current, mark)))
          throw new Error('Another process has accepted a newer statement');
        return JSON.stringify({ number: mark.number, digest: mark.digest });
      });
    },
  };
}

function isOther(current: NumberMark, mark: NumberMark): boolean {
  return current.number === mark.number && current.digest !== mark.digest;
}

function readMark(text: string): NumberMark {
  const { number, digest } = readRecord(text);
  if (!wholeNumber(number) || typeof digest !== 'string') throw new Error('The record of a number is damaged');
  return { number, digest };
}
