// npm run pack: builds the public packages and writes their tarballs, as they would be published, to .tarballs/
import './bootstrap.mjs';

const { mkdirSync, rmSync } = await import('node:fs');
const { join, relative } = await import('node:path');
const { bin } = await import('./lib/pnpm.mjs');
const { root } = await import('./lib/root.mjs');
const { pack } = await import('./lib/tarballs.mjs');
const { workspaces } = await import('./lib/workspaces.mjs');

const filters = workspaces().flatMap(({ isPublic, name }) => (isPublic ? [`--filter=${name}`] : []));
const built = await bin('turbo', ['run', 'build', ...filters, '--output-logs=errors-only']);
if (built !== 0) process.exit(built);

const folder = join(root, '.tarballs');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const { workspace, tarball } of await pack(folder)) console.log(`${workspace.name}: ${relative(root, tarball)}`);
