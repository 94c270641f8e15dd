/** A rule of the scanner. `severity` is a `security-severity` from 0 to 10, by the convention of SARIF consumers: 9 and above is critical. */
export interface Rule {
  readonly id: string;
  readonly name: string;
  readonly severity: number;
  readonly description: string;
  readonly help: string;
}

/** `error` from 7 on, `warning` from 4 on, `note` below. */
export type FindingLevel = 'error' | 'warning' | 'note';

/** What was found, and where: a JSON Pointer into the tool of a server. */
export interface Finding {
  readonly rule: Rule;
  readonly server: string;
  readonly tool: string;
  readonly path: string;
  readonly message: string;
}

export function levelOf({ severity }: Rule): FindingLevel {
  return severity >= 7 ? 'error' : severity >= 4 ? 'warning' : 'note';
}

/** The rules by id. An id keeps its meaning for ever. */
export const RULES = {
  hiddenCharacter: {
    id: 'mcps/hidden-character',
    name: 'HiddenCharacter',
    severity: 8,
    description: 'A text holds characters that nobody sees and a model reads.',
    help: 'Have the author take them out, or do not use the tool.',
  },
  hiddenText: {
    id: 'mcps/hidden-text',
    name: 'HiddenText',
    severity: 9.5,
    description: 'A text holds a message in tag characters or variation selectors, which are shown nowhere.',
    help: 'Do not use the tool: there is no honest reason to hide text.',
  },
  bidirectionalOverride: {
    id: 'mcps/bidirectional-override',
    name: 'BidirectionalOverride',
    severity: 9,
    description: 'A text turns the direction of writing around, so that people read another text than a model.',
    help: 'Have the author take the control characters out, or do not use the tool.',
  },
  controlCharacter: {
    id: 'mcps/control-character',
    name: 'ControlCharacter',
    severity: 7,
    description: 'A text holds control characters, which can drive a terminal or hide what follows.',
    help: 'Have the author take them out.',
  },
  confusableName: {
    id: 'mcps/confusable-name',
    name: 'ConfusableName',
    severity: 8,
    description: 'The name of a tool looks like that of another one (UTS #39), or differs by letter case alone.',
    help: 'Use one of the two, or rename one: a model, or a person, may take one for the other.',
  },
  mixedScript: {
    id: 'mcps/mixed-script-name',
    name: 'MixedScriptName',
    severity: 7.5,
    description: 'The name of a tool mixes Latin letters with letters of other scripts that look like them.',
    help: 'Have the author use one script.',
  },
  shadowedName: {
    id: 'mcps/shadowed-name',
    name: 'ShadowedName',
    severity: 6,
    description: 'Two servers have a tool of the same name: a call may reach the other one.',
    help: 'Use one of the servers, or give their tools names of their own.',
  },
  overridesInstructions: {
    id: 'mcps/overrides-instructions',
    name: 'OverridesInstructions',
    severity: 9,
    description: 'A text tells the model to leave its instructions aside, or passes itself off as those of the system.',
    help: 'Do not use the tool.',
  },
  hidesFromUser: {
    id: 'mcps/hides-from-user',
    name: 'HidesFromUser',
    severity: 9,
    description: 'A text tells the model to keep something from the user.',
    help: 'Do not use the tool.',
  },
  readsSecrets: {
    id: 'mcps/reads-secrets',
    name: 'ReadsSecrets',
    severity: 9,
    description: 'A text points the model at files or variables where keys and passwords are kept.',
    help: 'Find out why the tool needs them; do not use it otherwise.',
  },
  sendsElsewhere: {
    id: 'mcps/sends-elsewhere',
    name: 'SendsElsewhere',
    severity: 8,
    description: 'A text tells the model to send what it knows to some address.',
    help: 'Do not use the tool, unless sending there is what it is for.',
  },
  steersOtherTools: {
    id: 'mcps/steers-other-tools',
    name: 'SteersOtherTools',
    severity: 7,
    description: 'A text says when or how the model is to use other tools.',
    help: 'A description speaks for its own tool. Have the author say why.',
  },
  markedImportant: {
    id: 'mcps/instruction-markup',
    name: 'InstructionMarkup',
    severity: 6,
    description: 'A text holds markup such as <IMPORTANT> or the delimiters of a chat template.',
    help: 'Have the author say it plainly.',
  },
  longEncodedText: {
    id: 'mcps/encoded-text',
    name: 'EncodedText',
    severity: 4,
    description: 'A text holds a long run of base64 or hex.',
    help: 'Decode it, and see what it says.',
  },
} as const satisfies Readonly<Record<string, Rule>>;
