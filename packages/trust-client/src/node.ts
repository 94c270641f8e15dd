export { FolderState } from './node/folder-state.js';
