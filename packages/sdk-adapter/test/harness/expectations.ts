import { McpsError } from '@mcps/protocol';
import type { Reason } from '@mcps/protocol';
import type { McpError } from '@modelcontextprotocol/sdk/types.js';

/** What a promise rejects with; fails where it resolves. */
export async function rejectionOf(promise: Promise<unknown>): Promise<McpError> {
  try {
    await promise;
  } catch (error) {
    return error as McpError;
  }
  throw new Error('expected a rejection');
}

/** The reasons of the MCPS faults among reported errors, in their order. */
export function reasonsIn(errors: readonly Error[]): Reason[] {
  return errors.flatMap((error) => (error instanceof McpsError ? [error.reason] : []));
}

/** Waits for a condition that other parts of the test bring about. */
export async function until(condition: () => boolean, what = 'condition', timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export const isCall = (name: string) => (message: { method?: string; params?: { name?: string } }) =>
  message.method === 'tools/call' && message.params?.name === name;

export const isMethod = (method: string) => (message: { method?: string }) => message.method === method;

export const textOf = (result: unknown): string => (result as { content: { text: string }[] }).content[0]!.text;
