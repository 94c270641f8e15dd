import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { verified, writeTrail } from '../support/trail.js';
import { ATTACKS } from './attacks.js';

const at = temporaryFolder();

describe('a trail that was tampered with does not verify', () => {
  for (const [name, { code, line, run, options }] of Object.entries(ATTACKS)) {
    it(`${name}: ${code}`, async () => {
      const path = at('trail.jsonl');
      const heads = await writeTrail(path, options);
      await verified(path, heads.at(-1));
      const { paths = path, expectedHead } = (await run(path, heads)) ?? {};
      const error: unknown = await verified(paths, expectedHead).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ name: 'AuditTrailError', code, ...(line === undefined ? {} : { line }) });
    });
  }
});
