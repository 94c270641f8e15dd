import { z } from '@hono/zod-openapi';
import { formatTimestamp } from '@mcps/protocol';
import type { Endpoint } from '../endpoint.js';
import { endpoint, json } from '../endpoint.js';
import { PassportId, queryInteger } from '../schemas/common.js';
import { ConsistencyProof, InclusionProof, LogEntries, TreeHead } from '../schemas/status.js';
import type { HttpServices } from '../services.js';

const tag = 'Transparency log';
const size = () => queryInteger(0, Number.MAX_SAFE_INTEGER);
const DEFAULT_ENTRIES = 100;

export function logEndpoints({ authority: { log } }: HttpServices): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/log/tree-head',
      tag,
      summary: 'Get the present state of the log, signed',
      isQuiet: true,
      answers: { 200: { description: 'The signed tree head.', schema: TreeHead } },
      problems: [],
      handle: async () => json(await log.treeHead()),
    }),
    endpoint({
      method: 'get',
      path: '/api/log/inclusion',
      tag,
      summary: 'Get the proof that an entry is in the log',
      description: 'Of the entry with an index, or of the one about the issue of a passport.',
      isQuiet: true,
      query: z
        .strictObject({ index: size().optional(), passport_id: PassportId.optional(), tree_size: size().optional() })
        .refine(({ index, passport_id }) => (index === undefined) !== (passport_id === undefined), { path: ['index'] }),
      answers: { 200: { description: 'The proof.', schema: InclusionProof } },
      problems: ['log_range', 'passport_unknown'],
      handle: async ({ query: { index, passport_id, tree_size } }) => {
        const proof =
          passport_id === undefined
            ? await log.inclusion(index ?? 0, tree_size)
            : await log.inclusionOf(passport_id, tree_size);
        const { leaf, leafIndex, treeSize, path } = proof;
        return json({ leaf, leaf_index: leafIndex, tree_size: treeSize, path });
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/log/consistency',
      tag,
      summary: 'Get the proof that the log has only grown',
      isQuiet: true,
      query: z.strictObject({ from: size(), to: size().optional() }),
      answers: { 200: { description: 'The proof.', schema: ConsistencyProof } },
      problems: ['log_range'],
      handle: async ({ query: { from, to } }) => {
        const { fromSize, toSize, path } = await log.consistency(from, to);
        return json({ from_size: fromSize, to_size: toSize, path });
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/log/entries',
      tag,
      summary: 'Read the log',
      isQuiet: true,
      query: z.strictObject({ start: size().optional(), limit: queryInteger(1, 1000).optional() }),
      answers: { 200: { description: 'Entries in their order.', schema: LogEntries } },
      problems: ['log_range'],
      handle: async ({ query: { start = 0, limit = DEFAULT_ENTRIES } }) => {
        const entries = await log.entries(start, limit);
        return json({
          entries: entries.map(({ index, leaf, timestampMs }) => ({
            index,
            leaf,
            timestamp: formatTimestamp(timestampMs),
          })),
        });
      },
    }),
  ];
}
