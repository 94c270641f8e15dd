import { issuePassport } from '@mcps/protocol';
import type { IssuingAuthority, Passport, PassportSubject } from '@mcps/protocol';
import type { Output } from '../output/output.js';
import { writePublicFile } from '../files/write-file.js';

/** Issues, with a life time where one was asked for. */
export function issue(
  authority: IssuingAuthority,
  subject: PassportSubject,
  ttlSeconds: number | undefined,
): Promise<Passport> {
  return issuePassport({ authority, subject, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) });
}

/** Hands out a passport, which is no secret: to a file where one was named, otherwise as the result itself. */
export async function deliverPassport(
  passport: object & { readonly passport_id: string; readonly expires_at: string },
  output: Output,
  { out, force = false }: { readonly out?: string | undefined; readonly force?: boolean | undefined },
): Promise<void> {
  const text = JSON.stringify(passport, undefined, 2);
  if (out === undefined) {
    output.result(passport, () => text);
    return;
  }
  await writePublicFile(out, text, { force });
  const { passport_id: passportId, expires_at: expiresAt } = passport;
  output.result({ file: out, passportId, expiresAt }, () => `${out}  ${passportId}, until ${expiresAt}`);
}
