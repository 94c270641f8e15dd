import { canonicalize } from '@mcps/crypto';

/**
 * What the log's leaves say. Each is written once, as the RFC 8785 form of exactly these members; instants are RFC 3339, digests lower-case hex SHA-256. A
 * leaf names passports by id and digest and nobody by name.
 */
export type LogEntry =
  | {
      readonly type: 'issued';
      readonly at: string;
      readonly passport_id: string;
      readonly passport_digest: string;
    }
  | {
      readonly type: 'renewed' | 'rotated';
      readonly at: string;
      readonly passport_id: string;
      readonly passport_digest: string;
      /** The passport that is replaced. */
      readonly supersedes: string;
    }
  | {
      readonly type: 'revoked';
      readonly at: string;
      readonly passport_id: string;
      readonly passport_digest: string;
      readonly reason: string;
      readonly epoch: number;
    }
  | {
      readonly type: 'scan' | 'audit';
      readonly at: string;
      readonly passport_id: string;
      readonly passport_digest: string;
      readonly result: 'pass' | 'fail';
      /** Of the report as it was received, in its RFC 8785 form. */
      readonly report_digest: string;
    }
  | {
      readonly type: 'key';
      readonly at: string;
      readonly purpose: 'root' | 'passport' | 'status' | 'evidence';
      /** RFC 7638 thumbprint. */
      readonly key: string;
    }
  | {
      readonly type: 'era';
      readonly at: string;
      readonly era: number;
      readonly epoch: number;
      /** The furthest state that was known before. */
      readonly previous: {
        readonly era: number;
        readonly epoch: number;
        readonly tree_size: number;
        readonly root_hash: string;
      };
    };

/** The text of a leaf; its bytes are that text in UTF-8. */
export function leafOf(entry: LogEntry): string {
  return canonicalize(entry);
}
