/** Everything that is wrong with a configuration, at once. No value is quoted: some are secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One for each mistake, the setting's name first. */
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(
      `The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes
        .map((mistake) => `  ${mistake}`)
        .join('\n')}`,
    );
    this.mistakes = mistakes;
  }
}
