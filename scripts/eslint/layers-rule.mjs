import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { importFault } from '../lib/layers.mjs';
import { readJson } from '../lib/root.mjs';

/** @type {Map<string, { name: string, directory: string } | undefined>} */
const owners = new Map();

/**
 * The package that a file belongs to: the nearest package.json above it.
 *
 * @param {string} directory
 * @returns {{ name: string, directory: string } | undefined}
 */
function ownerOf(directory) {
  if (owners.has(directory)) return owners.get(directory);
  const manifest = join(directory, 'package.json');
  const parent = dirname(directory);
  const owner = existsSync(manifest)
    ? { name: String(readJson(manifest)['name']), directory }
    : parent === directory
      ? undefined
      : ownerOf(parent);
  owners.set(directory, owner);
  return owner;
}

/**
 * Holds every import to the layers of scripts/lib/layers.mjs.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const layersRule = {
  meta: {
    type: 'problem',
    docs: { description: 'imports follow the layers of the repository' },
    messages: { layer: '{{fault}}' },
    schema: [],
  },
  create(context) {
    const owner = ownerOf(dirname(context.filename));
    if (owner === undefined) return {};
    const path = relative(owner.directory, context.filename).replaceAll('\\', '/');

    /** @param {any} source */
    const check = (source) => {
      if (source === null || source === undefined || typeof source.value !== 'string') return;
      const fault = importFault(owner.name, path, source.value);
      if (fault !== undefined) context.report({ node: source, messageId: 'layer', data: { fault } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      /** @param {any} node */
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
      /** @param {any} node */
      TSExternalModuleReference: (node) => check(node.expression),
      'CallExpression[callee.name="require"]': (/** @type {any} */ node) => check(node.arguments[0]),
    };
  },
};
