/**
 * What eslint is called with, call by call: each workspace for itself, and everything outside of them.
 *
 * @param {readonly string[]} workspaces their folders, relative to the repository
 * @returns {string[][]}
 */
export function lintGroups(workspaces) {
  const outside = ['.', ...workspaces.flatMap((path) => ['--ignore-pattern', `${path}/`])];
  return [...workspaces.map((path) => [path]), outside];
}
