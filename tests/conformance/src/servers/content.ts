// What the suite expects to read from a server, whatever the line of the SDK it is built on.

/** A PNG of one red pixel, in base64. */
export const redPixelPng =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';

/** A WAV without a sample: its header, in base64. */
export const silentWav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';

export interface FixtureResource {
  readonly uri: string;
  readonly name: string;
  readonly description: string;
  readonly mimeType: string;
  readonly content: { readonly text: string } | { readonly blob: string };
}

export const resources: readonly FixtureResource[] = [
  {
    uri: 'test://static-text',
    name: 'static-text',
    description: 'A text that never changes',
    mimeType: 'text/plain',
    content: { text: 'This is the content of the static text resource.' },
  },
  {
    uri: 'test://static-binary',
    name: 'static-binary',
    description: 'A picture that never changes',
    mimeType: 'image/png',
    content: { blob: redPixelPng },
  },
  {
    uri: 'test://watched-resource',
    name: 'watched-resource',
    description: 'A text to subscribe to',
    mimeType: 'text/plain',
    content: { text: 'Watched.' },
  },
];

export const template = {
  uriTemplate: 'test://template/{id}/data',
  name: 'template',
  description: 'Data that is named by an id',
  mimeType: 'application/json',
} as const;

/** @returns the JSON text of what `template` names by this id */
export function templateText(id: string): string {
  return JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
}

type PromptContent =
  | { type: 'text'; text: string }
  | { type: 'image'; data: string; mimeType: string }
  | { type: 'resource'; resource: { uri: string; mimeType: string; text: string } };

export interface FixturePrompt {
  readonly name: string;
  readonly description: string;
  /** All of them are required strings. */
  readonly argumentNames: readonly string[];
  contents(values: Readonly<Record<string, string>>): PromptContent[];
}

export const prompts: readonly FixturePrompt[] = [
  {
    name: 'test_simple_prompt',
    description: 'A prompt without arguments',
    argumentNames: [],
    contents: () => [{ type: 'text', text: 'This is a simple prompt for testing.' }],
  },
  {
    name: 'test_prompt_with_arguments',
    description: 'A prompt that repeats its arguments',
    argumentNames: ['arg1', 'arg2'],
    contents: ({ arg1 = '', arg2 = '' }) => [
      { type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` },
    ],
  },
  {
    name: 'test_prompt_with_embedded_resource',
    description: 'A prompt that embeds the resource it is told',
    argumentNames: ['resourceUri'],
    contents: ({ resourceUri = '' }) => [
      {
        type: 'resource',
        resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
      },
      { type: 'text', text: 'Please process the embedded resource above.' },
    ],
  },
  {
    name: 'test_prompt_with_image',
    description: 'A prompt that holds a picture',
    argumentNames: [],
    contents: () => [
      { type: 'image', data: redPixelPng, mimeType: 'image/png' },
      { type: 'text', text: 'Please analyze the image above.' },
    ],
  },
];

/** @returns what could follow the start of an argument's value */
export function completionsOf(start: string): string[] {
  return ['paris', 'park', 'party'].filter((word) => word.startsWith(start));
}
