// Counts up in a state folder, as one of several processes: count.mjs <folder> <times>
import { FolderState } from '../../dist/node.js';

const [folder, times] = process.argv.slice(2);
const state = await FolderState.open(folder);
for (let i = 0; i < Number(times); i++) await state.update('n', (n) => String(Number(n ?? 0) + 1));
