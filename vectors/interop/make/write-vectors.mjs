import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NOTICE =
  'TEST KEYS. Made for this file; the private halves were thrown away with the run. Never trust a key or an issuer named here.';

/** Writes one file per kind into the folder of a package. `made` is {environment, keys, verifyAtMs, files: {name: {…rows}}}. */
export function writeVectors(folder, made, keys) {
  const target = new URL(`../${folder}/`, import.meta.url);
  mkdirSync(target, { recursive: true });
  for (const [name, rows] of Object.entries(made.files)) {
    const document = {
      notice: NOTICE,
      made_with: { ...made.environment, node: process.versions.node },
      made_at: new Date(made.verifyAtMs).toISOString(),
      verify_at_ms: made.verifyAtMs,
      package_keys: made.keys,
      our_keys: Object.fromEntries(Object.entries(keys).map(([key, pair]) => [key, pair.publicKey.jwk])),
      ...rows,
    };
    writeFileSync(new URL(`${name}.json`, target), `${JSON.stringify(document, null, 2)}\n`);
    console.log(
      fileURLToPath(new URL(`${name}.json`, target))
        .split('/')
        .slice(-2)
        .join('/'),
    );
  }
}
