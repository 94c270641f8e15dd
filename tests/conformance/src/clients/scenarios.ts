/** What the scenarios ask of a connected client, in the words that both lines of the SDK share. */
export interface FixtureClient {
  listTools(): Promise<{ tools: { name: string; inputSchema: object }[] }>;
  callTool(params: { name: string; arguments?: Record<string, unknown> }): Promise<unknown>;
  listResources(): Promise<{ resources: { uri: string }[] }>;
  readResource(params: { uri: string }): Promise<unknown>;
  listPrompts(): Promise<{ prompts: { name: string }[] }>;
  getPrompt(params: { name: string }): Promise<unknown>;
}

/** What the suite hands to some scenarios (`MCP_CONFORMANCE_CONTEXT`). */
export interface ScenarioContext {
  readonly toolCalls?: readonly { name: string; arguments: Record<string, unknown> }[];
  readonly client_id?: string;
  readonly client_secret?: string;
}

type Behaviour = (client: FixtureClient, context: ScenarioContext) => Promise<void>;

const listTools: Behaviour = async (client) => {
  await client.listTools();
};

/** Calls every tool that the client was shown: what it must not call it must not show either. */
const callListedTools: Behaviour = async (client) => {
  const { tools } = await client.listTools();
  for (const { name } of tools) await client.callTool({ name, arguments: { region: 'us-west1' } });
};

const behaviours: Readonly<Record<string, Behaviour>> = {
  tools_call: async (client) => {
    await client.listTools();
    await client.callTool({ name: 'add_numbers', arguments: { a: 5, b: 3 } });
  },
  'elicitation-sep1034-client-defaults': async (client) => {
    await client.listTools();
    await client.callTool({ name: 'test_client_elicitation_defaults', arguments: {} });
  },
  'sse-retry': async (client) => {
    await client.listTools();
    await client.callTool({ name: 'test_reconnection', arguments: {} });
  },
  'sep-2322-client-request-state': async (client) => {
    await client.listTools();
    const calls = ['test_mrtr_echo_state', 'test_mrtr_unrelated', 'test_mrtr_no_state', 'test_mrtr_no_result_type'];
    for (const name of calls) await client.callTool({ name, arguments: {} });
  },
  'http-standard-headers': async (client) => {
    const { tools } = await client.listTools();
    for (const { name } of tools) await client.callTool({ name, arguments: {} });
    const { resources } = await client.listResources();
    for (const { uri } of resources) await client.readResource({ uri });
    const { prompts } = await client.listPrompts();
    for (const { name } of prompts) await client.getPrompt({ name });
  },
  'http-custom-headers': async (client, { toolCalls = [] }) => {
    await client.listTools();
    for (const call of toolCalls) await client.callTool({ ...call });
  },
  'http-invalid-tool-headers': callListedTools,
  'json-schema-2020-12-preservation': async (client) => {
    const { tools } = await client.listTools();
    const schema = tools.find(({ name }) => name === 'json_schema_2020_12_tool')?.inputSchema;
    await client.callTool({ name: 'json_schema_echo', arguments: { schema } });
  },
  // The second list meets an authorization server that has changed.
  'auth/authorization-server-migration': async (client) => {
    await client.listTools();
    await client.listTools();
  },
  'auth/scope-step-up': async (client) => {
    await client.listTools();
    await client.callTool({ name: 'test-tool', arguments: {} });
  },
};

/** Does with a connected client what the scenario is about; with those that are about connecting, lists the tools. */
export async function act(scenario: string, client: FixtureClient, context: ScenarioContext): Promise<void> {
  await (behaviours[scenario] ?? listTools)(client, context);
}
