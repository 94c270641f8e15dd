export { compareVersions, negotiateVersion } from './negotiate-version.js';
