/** What the user enters: consent where it is asked for, and nothing else, so that defaults show. */
export function elicited(params: object): { action: 'accept'; content: Record<string, boolean> } {
  const asks = 'requestedSchema' in params ? JSON.stringify(params.requestedSchema) : '';
  return { action: 'accept', content: asks.includes('"confirmed"') ? { confirmed: true } : {} };
}
