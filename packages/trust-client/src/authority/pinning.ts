import { decodeUtf8, parseJson } from '@mcps/crypto';
import { createTrustAnchors } from '@mcps/protocol';
import type { AnchorCeiling, TrustAnchor, TrustAnchorOptions, TrustAnchors } from '@mcps/protocol';
import { TrustClientError } from '../error.js';
import { stateName } from '../state/names.js';
import type { StateStore } from '../state/state-store.js';
import type { AuthorityApi } from './authority-api.js';

const PATH = 'api/ta/public-key';
const MAX_BYTES = 64 * 1024;
const LIMITS = { maxDepth: 6, maxKeys: 512, maxBytes: MAX_BYTES };

export interface PinOptions {
  readonly api: AuthorityApi;
  readonly store: StateStore;
  /** The address as configured: the pin is kept under it. */
  readonly url: string;
  readonly ceiling: AnchorCeiling | undefined;
  /** Is told when keys are believed for the first time. */
  readonly onPinned: (anchor: TrustAnchor) => void;
}

/**
 * The anchor of an authority of which only the address is configured: what was pinned at first, or, where nothing was, what the authority says now, over TLS. From
 * then on no other keys are believed at that address, whatever is said there.
 *
 * Rejects with `TrustClientError`, `answer_malformed` among them where there is no usable anchor, `state_unavailable` where the pin cannot be kept.
 */
export async function pinAnchor({ api, store, url, ceiling, onPinned }: PinOptions): Promise<TrustAnchors> {
  const name = await stateName('pin', url);
  const pinned = await store.load(name);
  if (pinned !== undefined) return anchorsIn(pinned, ceiling);
  const text = await api.get(PATH, MAX_BYTES, async (body) => {
    const answer = decodeUtf8(body);
    await anchorsIn(answer, ceiling);
    return answer;
  });
  let kept = text;
  await store.update(name, (current) => {
    // Another process was faster: its pin is the pin.
    kept = current ?? text;
    return kept;
  });
  const anchors = await anchorsIn(kept, ceiling);
  const [anchor] = anchors.list();
  if (anchor !== undefined) onPinned(anchor);
  return anchors;
}

async function anchorsIn(text: string, ceiling: AnchorCeiling | undefined): Promise<TrustAnchors> {
  try {
    const { issuer, keys, statusKeys, evidenceKeys } = parseJson(text, LIMITS) as object as TrustAnchorOptions;
    const optional = {
      ...(statusKeys === undefined ? {} : { statusKeys }),
      ...(evidenceKeys === undefined ? {} : { evidenceKeys }),
      ...(ceiling === undefined ? {} : { ceiling }),
    };
    return await createTrustAnchors([{ issuer, keys, ...optional }]);
  } catch (cause) {
    throw new TrustClientError('answer_malformed', 'What the authority says of its keys cannot be used.', { cause });
  }
}
