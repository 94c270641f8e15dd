/** The members of the published envelope that its signature covers. */
export const REVISION_FIELDS = ['passport_id', 'timestamp', 'nonce'] as const;

export interface Alteration {
  readonly what: string;
  readonly message: Record<string, unknown>;
}

/** Copies of a signed message of the published format, each altered in one place: every claim, the signature, and the message in several ways. */
export function alterations(signed: Readonly<Record<string, unknown>>): Alteration[] {
  const envelope = signed['mcps'] as Record<string, string>;
  const claims = { ...envelope, passport_id: `asp_${'9'.repeat(32)}`, nonce: '9'.repeat(32) };
  const withEnvelope = (field: string, value: string) => ({ ...signed, mcps: { ...envelope, [field]: value } });
  const altered: Alteration[] = [
    { what: 'passport_id', message: withEnvelope('passport_id', claims.passport_id) },
    { what: 'nonce', message: withEnvelope('nonce', claims.nonce) },
    { what: 'timestamp', message: withEnvelope('timestamp', shiftSecond(envelope['timestamp'] ?? '')) },
    { what: 'signature', message: withEnvelope('signature', flip(envelope['signature'] ?? '')) },
    { what: 'a member added', message: { ...signed, added: 1 } },
  ];
  if (signed['id'] !== undefined) altered.push({ what: 'id', message: { ...signed, id: 'another id' } });
  if (signed['method'] !== undefined)
    altered.push({ what: 'method', message: { ...signed, method: 'another/method' } });
  return altered;
}

/** Another second of the same minute. */
function shiftSecond(timestamp: string): string {
  const second = Number(timestamp.slice(17, 19));
  return `${timestamp.slice(0, 17)}${String((second + 1) % 60).padStart(2, '0')}${timestamp.slice(19)}`;
}

/** The same base64 with one character in the middle replaced: still canonical, another signature. */
function flip(signature: string): string {
  const index = 40;
  return signature.slice(0, index) + (signature[index] === 'A' ? 'B' : 'A') + signature.slice(index + 1);
}
