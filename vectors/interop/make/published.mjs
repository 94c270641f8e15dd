// The published format: what `mcps-secure` signed, what this library signed, and what each makes of it.
import { canonicalize } from '../../../packages/crypto/dist/index.node.js';
import { expectSame } from './expect.mjs';
import { signPublished } from './published-ours.mjs';
import { packageAccepts, publishedVariants } from './published-variants.mjs';

const OK = { ok: true };

/** What this library must answer to what the package signed. A difference in canonical JSON is a wrong signature here. */
function outcomeOf(difference, reason) {
  return difference === undefined ? OK : { reason };
}

/** Whether the package's canonical JSON is that of RFC 8785 must be what the case says. */
function checkCanonical(row, value, difference) {
  let ours;
  try {
    ours = canonicalize(value);
  } catch (error) {
    ours = error.code;
  }
  expectSame(`${row.name}: canonical JSON differs`, ours !== row.canonical, difference !== undefined);
}

function packageMessages(rows, cases) {
  return rows.map((row, index) => {
    const { message, difference, textCode } = cases[index];
    if (difference === 'not-signable') {
      expectSame(`${row.name}: exception`, row.raised, 'UnicodeEncodeError');
      return {
        ...row,
        difference,
        message_text: JSON.stringify(message),
        expected: { reason: 'message_not_canonical' },
      };
    }
    checkCanonical(row, message, difference);
    expectSame(`${row.name}: own verdict`, row.package_verdict, { valid: true, code: null });
    const strict = textCode === undefined ? {} : { expected_from_text: { code: textCode } };
    return {
      ...row,
      ...(difference ? { difference } : {}),
      expected: outcomeOf(difference, 'signature_invalid'),
      ...strict,
    };
  });
}

function packageTools(rows, cases) {
  return rows.map((row, index) => {
    const { difference } = cases[index];
    expectSame(`${row.name}: own verdict`, row.package_verdict.valid, true);
    return { ...row, ...(difference ? { difference } : {}), expected: outcomeOf(difference, 'tool_signature_invalid') };
  });
}

function packageTranscripts(rows, cases) {
  return rows.map((row, index) => {
    const { difference } = cases[index];
    expectSame(`${row.name}: own verdict`, row.package_verdict.valid, true);
    // The hash is compared first.
    return { ...row, ...(difference ? { difference } : {}), expected: outcomeOf(difference, 'binding_mismatch') };
  });
}

const AGREES = new Map([
  ['messages', (verdict) => verdict.value.valid],
  ['tools', (verdict) => verdict.value.valid],
  ['transcripts', (verdict) => verdict.value.valid],
  ['passports', (verdict) => verdict.format.valid && verdict.signature.value],
]);

function judged(kind, rows, verdicts) {
  return rows.map((row, index) => {
    const verdict = verdicts[index];
    const { package_verifies = true, ...rest } = row;
    expectSame(`ours, ${kind}, ${row.name}: the package verifies it`, AGREES.get(kind)(verdict), package_verifies);
    return { ...rest, package_verdict: verdict.value ?? verdict };
  });
}

function judgedVariants(rows, verdicts) {
  return rows.map((row, index) => {
    const package_verdict = verdicts[index].value;
    expectSame(`variant ${row.name}: the package accepts it`, package_verdict.valid, packageAccepts(row));
    return { ...row, package_verdict };
  });
}

export async function makePublished(python, cases, casesText, keys) {
  const theirs = python('sign', `{"cases": ${casesText}}`);
  const ours = await signPublished(cases, keys);
  const variants = await publishedVariants(keys.agent.privateKey);
  const verifyAtMs = Date.now();
  const pem = ours.pem;
  const request = {
    public_key_pem: pem.agent,
    messages: [...ours.messages, ...variants],
    tools: ours.tools,
    transcripts: ours.transcripts,
    passports: ours.passports.map((row) => ({
      ...row,
      public_key_pem: pem[row.signing_key],
      trust_store: ours.trustStore,
    })),
  };
  const verdicts = python('verify', JSON.stringify(request));
  const count = ours.messages.length;
  return {
    environment: theirs.environment,
    keys: theirs.keys,
    verifyAtMs,
    files: {
      messages: {
        signed_by_package: packageMessages(theirs.messages, cases.messages),
        signed_by_us: judged('messages', ours.messages, verdicts.messages.slice(0, count)),
        variants: judgedVariants(variants, verdicts.messages.slice(count)),
      },
      tools: {
        signed_by_package: packageTools(theirs.tools, cases.tools),
        signed_by_us: judged('tools', ours.tools, verdicts.tools),
      },
      transcripts: {
        signed_by_package: packageTranscripts(theirs.transcripts, cases.transcripts),
        signed_by_us: judged('transcripts', ours.transcripts, verdicts.transcripts),
      },
      passports: {
        issuer: 'interop.mcps.test',
        signed_by_package: theirs.passports,
        signed_by_us: judged('passports', ours.passports, verdicts.passports),
      },
    },
  };
}
