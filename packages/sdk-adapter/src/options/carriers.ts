import type { CarrierChoice } from '@mcps/protocol';

/** What a wire can bear; the first is the default. */
export type Carriers = readonly [CarrierChoice, ...CarrierChoice[]];

/** Official transports keep an envelope only there: see the specification, section C. */
export const SDK_CARRIERS: Carriers = ['meta'];

/** A server that owns the bytes: whoever asks in `_meta` may have a parser in front of it that lets nothing through at the top level. */
export const SERVER_CARRIERS: Carriers = ['auto', 'top-level', 'meta'];

/** A client that owns the bytes speaks first, so it puts the envelope where the published form has it. */
export const CLIENT_CARRIERS: Carriers = ['top-level', 'meta', 'auto'];
