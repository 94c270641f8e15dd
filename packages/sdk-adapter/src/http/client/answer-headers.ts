/** What an answer shares with the request that it came by: who sends it, in which session and in which revision of MCP. */
const SHARED = ['authorization', 'mcp-session-id', 'mcp-protocol-version'];

/** The headers of a POST by which an answer of the connection itself goes out. */
export function headersOfAnswer(request: Headers | undefined): Headers {
  const headers = new Headers({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  });
  for (const name of SHARED) {
    const value = request?.get(name) ?? null;
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
