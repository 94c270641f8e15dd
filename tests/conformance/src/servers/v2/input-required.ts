import { acceptedContent, inputRequired } from '@modelcontextprotocol/server';
import type {
  CallToolResult,
  InputRequests,
  InputRequiredResult,
  McpServer,
  RequestStateCodec,
  ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

type Answer = CallToolResult | InputRequiredResult;

const done = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] });

const nameSchema = z.object({ name: z.string() });
const colorSchema = z.object({ color: z.string() });
const okSchema = z.object({ ok: z.boolean() });
const contextSchema = z.object({ context: z.string() });
const sampledSchema = z.object({ content: z.object({ type: z.literal('text'), text: z.string() }) });
/** The SDK's type of the envelope names no member. */
const capabilitiesSchema = z.object({ sampling: z.unknown().optional(), elicitation: z.unknown().optional() });
const envelopeSchema = z.object({ 'io.modelcontextprotocol/clientCapabilities': capabilitiesSchema });
const rootsSchema = z.object({ roots: z.array(z.object({ uri: z.string() })) });

const askName = (message = 'What is your name?') => inputRequired.elicit({ message, requestedSchema: nameSchema });
const askModel = (text: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });

/** Multi-round requests (SEP-2322): what misses input answers with what it needs, and runs from the start once it is called again with that. */
export function addInputRequired(server: McpServer, state: RequestStateCodec<string>): void {
  const add = (name: string, description: string, run: (context: ServerContext) => Promise<Answer>) =>
    server.registerTool(`test_input_required_result_${name}`, { description }, run);

  add('elicitation', 'Greets the user by name', async ({ mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, 'user_name', nameSchema);
    return answer === undefined
      ? inputRequired({ inputRequests: { user_name: askName() } })
      : done(`Hello, ${answer.name}!`);
  });

  add('sampling', "Asks the client's model", async ({ mcpReq }) => {
    const answer = sampledSchema.safeParse(mcpReq.inputResponses?.['capital_question']);
    return answer.success
      ? done(answer.data.content.text)
      : inputRequired({ inputRequests: { capital_question: askModel('What is the capital of France?', 100) } });
  });

  add('list_roots', "Lists the client's roots", async ({ mcpReq }) => {
    const answer = rootsSchema.safeParse(mcpReq.inputResponses?.['client_roots']);
    return answer.success
      ? done(`Roots: ${answer.data.roots.map(({ uri }) => uri).join(', ')}`)
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });

  add('request_state', 'Takes its state back from the client', (context) => confirm(context, state));
  add('tampered_state', 'Refuses a state that is not its own', (context) => confirm(context, state));

  add('multiple_inputs', 'Asks for three things at once', async ({ mcpReq }) => {
    const isWhole =
      acceptedContent(mcpReq.inputResponses, 'user_name', nameSchema) !== undefined &&
      sampledSchema.safeParse(mcpReq.inputResponses?.['greeting']).success &&
      rootsSchema.safeParse(mcpReq.inputResponses?.['client_roots']).success;
    if (isWhole && mcpReq.requestState<string>() === 'multiple') return done('All three have come.');
    return inputRequired({
      inputRequests: {
        user_name: askName(),
        greeting: askModel('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await state.mint('multiple'),
    });
  });

  add('multi_round', 'Asks twice', async ({ mcpReq }) => {
    const round = mcpReq.requestState<string>();
    const name = acceptedContent(mcpReq.inputResponses, 'step1', nameSchema)?.name;
    const color = acceptedContent(mcpReq.inputResponses, 'step2', colorSchema)?.color;
    if (round?.startsWith('named:') === true && color !== undefined) {
      return done(`${round.slice('named:'.length)} likes ${color}.`);
    }
    if (round === 'asked' && name !== undefined) {
      const message = 'Step 2: What is your favorite color?';
      return inputRequired({
        inputRequests: { step2: inputRequired.elicit({ message, requestedSchema: colorSchema }) },
        requestState: await state.mint(`named:${name}`),
      });
    }
    return inputRequired({
      inputRequests: { step1: askName('Step 1: What is your name?') },
      requestState: await state.mint('asked'),
    });
  });

  add('capabilities', 'Asks for no more than the client can do', async ({ mcpReq }) => {
    const can = envelopeSchema.parse(mcpReq.envelope)['io.modelcontextprotocol/clientCapabilities'];
    const inputRequests: InputRequests = {
      ...(can.sampling !== undefined && { greeting: askModel('Generate a greeting', 50) }),
      ...(can.elicitation !== undefined && { user_name: askName() }),
    };
    const isAnswered = Object.keys(inputRequests).every((key) => mcpReq.inputResponses?.[key] !== undefined);
    return isAnswered ? done('Answered.') : inputRequired({ inputRequests });
  });

  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'Asks for its context' },
    async ({ mcpReq }) => {
      const answer = acceptedContent(mcpReq.inputResponses, 'user_context', contextSchema);
      if (answer === undefined) {
        const message = 'What context should the prompt use?';
        return inputRequired({
          inputRequests: { user_context: inputRequired.elicit({ message, requestedSchema: contextSchema }) },
        });
      }
      return { messages: [{ role: 'user', content: { type: 'text', text: `In this context: ${answer.context}` } }] };
    },
  );
}

async function confirm({ mcpReq }: ServerContext, state: RequestStateCodec<string>): Promise<Answer> {
  const answer = acceptedContent(mcpReq.inputResponses, 'confirm', okSchema);
  if (answer !== undefined && mcpReq.requestState<string>() === 'confirming') return done('state-ok');
  return inputRequired({
    inputRequests: { confirm: inputRequired.elicit({ message: 'Please confirm', requestedSchema: okSchema }) },
    requestState: await state.mint('confirming'),
  });
}
