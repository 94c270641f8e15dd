import type { TestProject } from 'vitest/node';
import { PostgresServer, findPostgres } from './postgres-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Port of the PostgreSQL server that all test files share, each with databases of its own; 0 where PostgreSQL is not installed. */
    postgresPort: number;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (findPostgres() === undefined) {
    console.log(
      '\nSKIPPED: no PostgreSQL found (Debian: postgresql), so no test runs on it. Each counts as skipped.\n',
    );
    project.provide('postgresPort', 0);
    return async () => undefined;
  }
  const server = await PostgresServer.start();
  project.provide('postgresPort', server.port);
  return () => server.destroy();
}
