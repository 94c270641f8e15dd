import { generateKeyPair } from '@mcps/crypto';
import { SignedBitmapStatusSource, createPassportId, createTrustAnchors, signStatusBitmap } from '@mcps/protocol';
import type { StatusBitmap, StatusQuery, TrustAnchors } from '@mcps/protocol';
import { compressBits } from '@mcps/protocol/node';
import { absolutesOf } from '../harness/budget.js';
import type { Budget } from '../harness/budget.js';
import { Contest } from '../harness/contest.js';
import type { Contestant } from '../harness/contestant.js';
import { someIndices } from '../workloads/revocations.js';

const ISSUER = 'authority.bench.test';
const PASSPORTS = 1_000_000;
const REVOKED = PASSPORTS / 100;
const WHAT = '1,000,000 passports, 1 % revoked';

/** Most that the compressed bits may take. */
const MAX_BYTES = 20_000;
/** Most that one look-up may take. */
const MAX_LOOK_UP_NS = 1000;

/** Budget 3: what the status of very many passports takes, on the wire and at each look-up. Its goals are absolute. */
export const statusBitmap: Budget = {
  name: 'status-bitmap',
  title: 'Status of very many passports',
  measure: async ({ plan }) => {
    const { privateKey, publicKey } = await generateKeyPair();
    const anchors = await createTrustAnchors([{ issuer: ISSUER, keys: [publicKey] }]);
    const revoked = someIndices(REVOKED, PASSPORTS);
    const treeHead = { tree_size: PASSPORTS, root_hash: 'ab'.repeat(32) };
    const options = { issuer: ISSUER, number: 1, epoch: REVOKED, size: PASSPORTS, revoked, treeHead };
    const make = (): Promise<StatusBitmap> => signStatusBitmap({ ...options, compress: compressBits }, privateKey);
    const bitmap = await make();
    const source = new SignedBitmapStatusSource({ anchors });
    await source.update(bitmap);

    const lookUps = await Contest.hold([lookUp(source, revoked)], plan);
    const making = await Contest.hold(
      [
        repeated('make and sign', make),
        repeated('make and sign, standard streams', () => signStatusBitmap(options, privateKey)),
        repeated('verify and take', () => take(bitmap, anchors)),
      ],
      plan,
    );
    const bytes = Buffer.from(bitmap.bits, 'base64').length / MAX_BYTES;
    return {
      measurements: [
        {
          what: WHAT,
          subject: 'bitmap, compressed',
          reference: '20 KB',
          ratio: { median: bytes, low: bytes, high: bytes },
          bound: { kind: 'at most', limit: 1 },
        },
        {
          what: WHAT,
          subject: 'look-up',
          reference: '1 µs',
          ratio: lookUps.against('look-up', MAX_LOOK_UP_NS),
          bound: { kind: 'at most', limit: 1 },
        },
      ],
      absolutes: [...absolutesOf(lookUps, WHAT), ...absolutesOf(making, WHAT)],
    };
  },
};

async function take(bitmap: StatusBitmap, anchors: TrustAnchors): Promise<void> {
  await new SignedBitmapStatusSource({ anchors }).update(bitmap);
}

/** Asks about passports all over the bitmap, and counts the revoked ones, so that no answer goes unread. */
function lookUp(source: SignedBitmapStatusSource, revoked: ReadonlySet<number>): Contestant {
  const common = { passportId: createPassportId(), digest: 'cd'.repeat(32), issuer: ISSUER, anchor: ISSUER };
  // A step that shares no factor with the size comes to every index.
  const questions = Array.from({ length: 4096 }, (_, count) => {
    const statusIndex = (count * 7_919_003) % PASSPORTS;
    const query: StatusQuery = { ...common, statusIndex };
    return { query, expected: revoked.has(statusIndex) ? 'revoked' : 'good' };
  });
  return {
    name: 'look-up',
    run: async (operations, watch) => {
      let faults = 0;
      await watch.timeAsync(async () => {
        for (let left = operations; left > 0; left -= questions.length) {
          for (const { query, expected } of left < questions.length ? questions.slice(0, left) : questions) {
            if ((await source.check(query)).status !== expected) faults++;
          }
        }
      });
      if (faults > 0) throw new Error('The bitmap has answered wrongly');
    },
  };
}

function repeated(name: string, work: () => Promise<unknown>): Contestant {
  return {
    name,
    run: (operations, watch) =>
      watch.timeAsync(async () => {
        for (let done = 0; done < operations; done++) await work();
      }),
  };
}
