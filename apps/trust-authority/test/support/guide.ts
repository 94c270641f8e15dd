import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const GUIDE = fileURLToPath(new URL('../../../../docs/authority.md', import.meta.url));

/** Commands of the operator's guide, and what it says that they print. */
export interface DrillBlock {
  readonly drill: string;
  readonly commands: string;
  /** `…` stands for any characters of a line. Absent where the guide shows nothing. */
  readonly output?: string;
}

export const guideText = (): string => readFileSync(GUIDE, 'utf8');

/** The blocks that follow a comment with the name of their drill, in order; the `text` block right behind one is its output. */
export function drillBlocks(): readonly DrillBlock[] {
  const pattern = /<!-- drill: ([\w-]+) -->\s*```sh\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g;
  return [...guideText().matchAll(pattern)].map(([, drill = '', commands = '', output]) => ({
    drill,
    commands,
    ...(output === undefined ? {} : { output }),
  }));
}

/** The files of the guide: blocks that follow a comment with their name. */
export function guideFiles(): ReadonlyMap<string, string> {
  const pattern = /<!-- file: ([\w.-]+) -->\s*```\w+\n([\s\S]*?)```/g;
  return new Map([...guideText().matchAll(pattern)].map(([, name = '', text = '']) => [name, text]));
}

/** What the guide says that is printed, as a pattern of the whole output. */
export function outputPattern(output: string): RegExp {
  const escaped = output.trim().replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('…', '[^\\n]*')}$`);
}
