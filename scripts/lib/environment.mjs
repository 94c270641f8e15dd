/**
 * npm hands its own settings to the scripts it runs as `npm_*` variables. Most of them are noise for the tools that we
 * start, and some do harm: an inherited `npm_config_loglevel` silences pnpm's errors. What says how to reach the
 * packages stays.
 */
const networkSettings = new Set([
  'registry',
  'userconfig',
  'globalconfig',
  'cache',
  'proxy',
  'https_proxy',
  'noproxy',
  'ca',
  'cafile',
  'strict_ssl',
]);

/**
 * @param {string} name
 * @returns {boolean}
 */
function isNoise(name) {
  const lower = name.toLowerCase();
  // NODE_ENV=production would leave the development tools out of the installation.
  if (lower === 'node_env') return true;
  if (!lower.startsWith('npm_')) return false;
  const setting = /^npm_config_(.*)$/.exec(lower)?.[1];
  if (setting === undefined) return true;
  return !networkSettings.has(setting) && !/^@[^:]+:registry$/.test(setting);
}

/**
 * The environment for every tool started from here: without npm's noise, and with telemetry and update checks off.
 *
 * @param {NodeJS.ProcessEnv} [from]
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(from = process.env) {
  const kept = Object.entries(from).filter(([name]) => !isNoise(name));
  return {
    ...Object.fromEntries(kept),
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
  };
}
