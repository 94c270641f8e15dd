import { fileURLToPath } from 'node:url';

/** A script of the folder `python`. */
export const script = (name: string): string => fileURLToPath(new URL(`../../python/${name}`, import.meta.url));
