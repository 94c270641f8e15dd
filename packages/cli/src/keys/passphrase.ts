import { UsageError } from '../errors/cli-error.js';
import { readSecretFile } from '../files/secret-file.js';
import type { CliProcess } from '../process.js';

/** The least that a new passphrase has, in characters: the iterations of PKCS#8 as OpenSSL writes it slow a guesser down little. */
const MIN_LENGTH = 12;

/** Where a passphrase may come from: a file, MCPS_PASSPHRASE, or a terminal. Never from an argument, which everybody on the machine can read. */
export interface PassphraseSource {
  readonly process: Pick<CliProcess, 'env' | 'stdin' | 'stderr'>;
  readonly passphraseFile?: string | undefined;
  /** Whether a person may be asked. Not where standard input carries something else. */
  readonly mayAsk?: boolean;
}

/**
 * The passphrase of a key that exists.
 *
 * @throws UsageError where none is to be had.
 */
export async function readPassphrase(source: PassphraseSource): Promise<string> {
  return (await givenPassphrase(source)) ?? (await ask(source, 'Passphrase of the private key: '));
}

/**
 * A passphrase for a new key. Asked for twice at a terminal.
 *
 * @throws UsageError where none is to be had, or it is too short.
 */
export async function newPassphrase(source: PassphraseSource): Promise<string> {
  const given = await givenPassphrase(source);
  const passphrase = given ?? (await ask(source, 'New passphrase: '));
  if (Array.from(passphrase).length < MIN_LENGTH) {
    throw new UsageError(`A passphrase has at least ${MIN_LENGTH} characters.`, { reason: 'passphrase_short' });
  }
  if (given === undefined && (await ask(source, 'Once more: ')) !== passphrase) {
    throw new UsageError('The passphrases differ.', { reason: 'passphrase_differs', nextStep: 'Try again.' });
  }
  return passphrase;
}

async function givenPassphrase({ process, passphraseFile }: PassphraseSource): Promise<string | undefined> {
  if (passphraseFile !== undefined) {
    return (await readSecretFile(passphraseFile, 'passphrase')).replace(/\r?\n$/, '');
  }
  const variable = process.env['MCPS_PASSPHRASE'];
  return variable === '' ? undefined : variable;
}

/** Reads a line from the terminal, showing nothing of it. */
function ask({ process, mayAsk = true }: PassphraseSource, question: string): Promise<string> {
  const { stdin, stderr } = process;
  const setRawMode = stdin.setRawMode?.bind(stdin);
  if (!mayAsk || stdin.isTTY !== true || setRawMode === undefined) {
    throw new UsageError('The key needs a passphrase.', {
      reason: 'passphrase_missing',
      nextStep: 'Give --passphrase-file FILE, or set MCPS_PASSPHRASE.',
    });
  }
  stderr.write(question);
  setRawMode(true);
  return new Promise((resolve, reject) => {
    let typed = '';
    const end = (finish: () => void): void => {
      stdin.off('data', onData);
      setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      finish();
    };
    const onData = (chunk: Buffer | string): void => {
      for (const character of chunk.toString()) {
        if (character === '\r' || character === '\n') return end(() => resolve(typed));
        if (character === '\u0003' || character === '\u0004') {
          return end(() => reject(new UsageError('No passphrase was given.', { reason: 'passphrase_missing' })));
        }
        typed =
          character === '\u007f' || character === '\b' ? Array.from(typed).slice(0, -1).join('') : typed + character;
      }
    };
    stdin.on('data', onData);
    stdin.resume();
  });
}
