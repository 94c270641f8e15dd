// The earlier format: what `mcp-secure` signed, what this library signed, and what each makes of it.
import { exportPublicPem } from '../../../packages/crypto/dist/index.node.js';
import { packageAccepts, signEarlier } from './earlier-ours.mjs';
import { expectSame } from './expect.mjs';

const OK = { ok: true };
const outcome = (reason) => (reason === undefined ? OK : { reason });

/** Adds what this library must answer: to the text, and to the object parsed from it. */
function expected(rows, cases) {
  return rows.map((row, index) => {
    const { earlierText, earlierValue = earlierText } = cases[index] ?? { earlierText: 'message_not_canonical' };
    return { ...row, expected: outcome(earlierText), expected_from_value: outcome(earlierValue) };
  });
}

function judged(what, rows, verdicts, accepted, expectedOf = () => true) {
  return rows.map((row, index) => {
    const verdict = verdicts[index];
    expectSame(`ours, ${what}, ${row.name}: the package verifies it`, accepted(verdict), expectedOf(row));
    return { ...row, package_verdict: verdict.value ?? verdict };
  });
}

export async function makeEarlier(python, cases, casesText, keys) {
  const theirs = python('sign', `{"cases": ${casesText}}`);
  for (const row of theirs.messages) {
    // What is no number is no number again after a round trip, and is written alike: the package verifies it.
    expectSame(`${row.name}: own verdict`, row.package_verdict, { valid: true, code: null });
  }
  const ours = await signEarlier(cases, keys);
  const verifyAtMs = Date.now();
  const pem = { agent: await exportPublicPem(keys.agent.publicKey), root: await exportPublicPem(keys.root.publicKey) };
  const verdicts = python(
    'verify',
    JSON.stringify({
      public_key_pem: pem.agent,
      passport_key_pem: pem.root,
      messages: [...ours.messages, ...ours.variants],
      tools: ours.tools,
      passports: ours.passports,
    }),
  );
  const count = ours.messages.length;
  const valid = (verdict) => verdict.value.valid;
  return {
    environment: theirs.environment,
    keys: theirs.keys,
    verifyAtMs,
    files: {
      messages: {
        signed_by_package: expected(theirs.messages, cases.messages),
        signed_by_us: judged('messages', ours.messages, verdicts.messages.slice(0, count), valid),
        variants: judged('variants', ours.variants, verdicts.messages.slice(count), valid, packageAccepts),
      },
      floats: { written_by_python: theirs.floats },
      tools: {
        signed_by_package: expected(theirs.tools, cases.tools),
        signed_by_us: judged('tools', ours.tools, verdicts.tools, (verdict) => verdict.value),
      },
      passports: {
        signed_by_package: theirs.passports,
        signed_by_us: judged(
          'passports',
          ours.passports,
          verdicts.passports,
          (verdict) => verdict.format.valid && verdict.signature.value,
        ),
      },
    },
  };
}
