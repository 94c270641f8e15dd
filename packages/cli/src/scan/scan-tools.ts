import { ToolRegistry, skeletonOf } from '@mcps/protocol';
import type { JsonObject } from '@mcps/protocol';
import { isObject } from '../files/read-input.js';
import { nameOf } from '../tools/read-tools.js';
import { unsignedTool } from '../tools/tool-hash.js';
import type { SourcedTools } from '../tools/tool-source.js';
import { RULES } from './rules.js';
import type { Finding } from './rules.js';
import { scanText } from './text-rules.js';

/** Deeper nesting than any schema has; what is below was refused by the parser before. */
const MAX_DEPTH = 64;

/** Looks at the tools of servers that are used together: each for itself, and their names among one another. */
export function scanTools(sources: readonly SourcedTools[]): readonly Finding[] {
  const registry = new ToolRegistry();
  return sources.flatMap(({ name: server, tools }) =>
    tools.flatMap((tool) => [...scanNames(server, nameOf(tool), registry), ...scanTexts(server, tool)]),
  );
}

function scanNames(server: string, tool: string, registry: ToolRegistry): readonly Finding[] {
  const at = { server, tool, path: '/name' };
  const findings: Finding[] = registry.note(server, tool).map(({ kind, otherName, otherServer }) => ({
    ...at,
    rule: kind === 'shadowing' ? RULES.shadowedName : RULES.confusableName,
    message:
      kind === 'shadowing'
        ? `${otherServer} has a tool of this name, too`
        : `may be taken for ${JSON.stringify(otherName)} of ${otherServer}`,
  }));
  // Latin letters beside others that are read as Latin ones: nobody writes a word like that.
  if (
    /[a-z]/i.test(tool) &&
    /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(tool) &&
    /^[\x20-\x7e]+$/.test(skeletonOf(tool))
  ) {
    findings.push({ ...at, rule: RULES.mixedScript, message: `looks like ${JSON.stringify(skeletonOf(tool))}` });
  }
  return findings;
}

function scanTexts(server: string, tool: JsonObject): readonly Finding[] {
  return [...textsOf(unsignedTool(tool), '', 0)].flatMap(({ path, text }) =>
    scanText(text).map((finding) => ({ ...finding, server, tool: nameOf(tool), path })),
  );
}

/** Every text that a model may be shown: values, and the names of members, which parameters are called by. */
function* textsOf(
  value: unknown,
  path: string,
  depth: number,
): Generator<{ readonly path: string; readonly text: string }> {
  if (depth > MAX_DEPTH) return;
  if (typeof value === 'string') yield { path, text: value };
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* textsOf(item, `${path}/${index}`, depth + 1);
  else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      const member = `${path}/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`;
      yield { path: member, text: name };
      yield* textsOf(item, member, depth + 1);
    }
  }
}
