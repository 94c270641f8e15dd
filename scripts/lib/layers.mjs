/**
 * The layers of the code: what each package's `src` may import besides its own files. Data flows one way, from the top
 * of this table to its bottom. The linter and the layer check both read it.
 *
 * @typedef {object} Layer
 * @property {readonly string[]} siblings packages of this repository it may import
 * @property {boolean} thirdParty may it import packages from elsewhere (listed in its dependencies)?
 * @property {boolean} browserSafe must its root entry run in a browser? Then `node:*` modules and Node's globals are
 *   confined to `src/platform/node/` and files called `src/node*`.
 */

/** @type {Readonly<Record<string, Layer>>} */
export const layers = {
  '@mcps/crypto': { siblings: [], thirdParty: false, browserSafe: true },
  '@mcps/protocol': { siblings: ['@mcps/crypto'], thirdParty: false, browserSafe: true },
  '@mcps/redis': { siblings: ['@mcps/protocol'], thirdParty: true, browserSafe: false },
  '@mcps/audit': { siblings: ['@mcps/crypto', '@mcps/protocol'], thirdParty: false, browserSafe: false },
  '@mcps/trust-client': { siblings: ['@mcps/crypto', '@mcps/protocol'], thirdParty: false, browserSafe: true },
  '@mcps/sdk-adapter': {
    siblings: ['@mcps/crypto', '@mcps/protocol', '@mcps/trust-client'],
    thirdParty: true,
    browserSafe: false,
  },
  'mcp-secure': {
    siblings: ['@mcps/crypto', '@mcps/protocol', '@mcps/sdk-adapter', '@mcps/trust-client'],
    thirdParty: false,
    browserSafe: false,
  },
  '@mcps/cli': {
    siblings: ['@mcps/audit', '@mcps/crypto', '@mcps/protocol', '@mcps/trust-client', '@mcps/sdk-adapter'],
    thirdParty: true,
    browserSafe: false,
  },
  '@mcps/trust-authority': { siblings: ['@mcps/crypto', '@mcps/protocol'], thirdParty: true, browserSafe: false },
};

/** Node's globals that a browser lacks. */
export const nodeGlobals = [
  'Buffer',
  'process',
  'global',
  'require',
  'module',
  '__dirname',
  '__filename',
  'setImmediate',
];

/**
 * Whether a file of a browser-safe package may use Node.
 *
 * @param {string} path relative to the package, with forward slashes
 * @returns {boolean}
 */
export function isNodeOnlyFile(path) {
  return path.startsWith('src/platform/node/') || /^src\/node[^/]*(\/|$)/.test(path);
}

/**
 * What is wrong with an import, in words.
 *
 * @param {string} packageName of the importing package
 * @param {string} path of the importing file, relative to its package
 * @param {string} specifier as written
 * @returns {string | undefined} undefined when the import is in order
 */
export function importFault(packageName, path, specifier) {
  const layer = layers[packageName];
  if (layer === undefined || !path.startsWith('src/')) return undefined;
  if (specifier.startsWith('.')) return relativeFault(path, specifier);
  if (specifier.startsWith('#')) return undefined;
  if (specifier.startsWith('node:')) {
    return layer.browserSafe && !isNodeOnlyFile(path)
      ? `${packageName} must stay loadable in a browser: import "${specifier}" only in src/platform/node/ or src/node*`
      : undefined;
  }
  const target = packageOf(specifier);
  if (target === packageName) return `${packageName} must import its own files by relative path, not "${specifier}"`;
  if (target.startsWith('@mcps/')) {
    if (layer.siblings.includes(target)) return undefined;
    const allowed = layer.siblings.length === 0 ? 'no sibling' : `only ${layer.siblings.join(', ')}`;
    return `${packageName} may import ${allowed}, not "${specifier}"`;
  }
  return layer.thirdParty ? undefined : `${packageName} takes no third-party dependency: "${specifier}"`;
}

/**
 * @param {string} path
 * @param {string} specifier
 * @returns {string | undefined}
 */
function relativeFault(path, specifier) {
  const parts = path.split('/').slice(0, -1);
  for (const step of specifier.split('/')) {
    if (step === '..') parts.pop();
    else if (step !== '.') parts.push(step);
  }
  return parts[0] === 'src' || parts.length === 0 || parts.join('/') === 'package.json'
    ? undefined
    : `"${specifier}" leaves the package's src folder`;
}

/**
 * The package that a bare specifier names.
 *
 * @param {string} specifier
 * @returns {string}
 */
export function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
