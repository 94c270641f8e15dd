export { ENVELOPE_KEY, TOP_LEVEL_KEY, attachCarrier, detachCarrier, hasCarrier } from './carrier.js';
export type { Carrier, CarrierChoice, DetachedMessage } from './carrier.js';
export { VALUE_KEY } from './slot.js';
export type { Created, CreatedRecord } from './slot.js';
