export type { LogCommitment, TreeHeadReference } from './reference.js';
export { signTreeHead } from './sign-tree-head.js';
export type { SignTreeHeadOptions } from './sign-tree-head.js';
export type { TreeHead } from './tree-head.js';
export { verifyTreeHead } from './verify-tree-head.js';
export type { VerifiedTreeHead } from './verify-tree-head.js';
