import type { TreeHeadMark, TreeHeadState } from '@mcps/protocol';
import { stateName } from './names.js';
import { readRecord, wholeNumber } from './record.js';
import type { StateStore } from './state-store.js';

/** The furthest states of the authorities' logs, in a store that other processes may write to as well. */
export function treeHeadsIn(store: StateStore): TreeHeadState {
  return {
    async load(authority) {
      const text = await store.load(await stateName('tree-head', authority));
      return text === undefined ? undefined : readMark(text);
    },
    async save(authority, mark) {
      await store.update(await stateName('tree-head', authority), (text) => {
        const current = text === undefined ? undefined : readMark(text);
        // Between our reading and our writing another process went further: ours has not been held to that.
        if (current !== undefined && isBeyond(current, mark)) throw new Error('Another process has seen a later state');
        const { era, epoch, tree_size, root_hash } = mark;
        return JSON.stringify({ ...(era === undefined ? {} : { era }), epoch, tree_size, root_hash });
      });
    },
  };
}

function isBeyond(current: TreeHeadMark, mark: TreeHeadMark): boolean {
  const [era, markEra] = [current.era ?? mark.era ?? 0, mark.era ?? current.era ?? 0];
  return era > markEra || (era === markEra && current.tree_size > mark.tree_size);
}

function readMark(text: string): TreeHeadMark {
  const { era, epoch, tree_size, root_hash } = readRecord(text);
  const isMark =
    wholeNumber(epoch) &&
    wholeNumber(tree_size) &&
    typeof root_hash === 'string' &&
    (era === undefined || wholeNumber(era));
  if (!isMark) throw new Error('The record of a log is damaged');
  return { ...(era === undefined ? {} : { era }), epoch, tree_size, root_hash };
}
