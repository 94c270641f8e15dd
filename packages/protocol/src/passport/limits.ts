/** The most bytes that a passport may take: UTF-8 of its RFC 8785 form, signature and issuer chain included. */
export const MAX_PASSPORT_BYTES = 8192;

/** The most capabilities that a passport, or a right to issue, may list. */
export const MAX_CAPABILITIES = 64;

/** The most issuers between a passport and its trust anchor. */
export const MAX_CHAIN_DEPTH = 5;

/** The most pieces of evidence that a passport may carry. */
export const MAX_EVIDENCE = 8;

/** The longest name, version, capability or issuer, in UTF-16 code units. */
export const MAX_TEXT_LENGTH = 256;

/** The longest origin, in UTF-16 code units. */
export const MAX_ORIGIN_LENGTH = 2048;
