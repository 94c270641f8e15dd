import { RULES } from './rules.js';
import type { Rule } from './rules.js';

/** What a rule has to say about a text. */
export interface TextFinding {
  readonly rule: Rule;
  readonly message: string;
}

interface CharacterRule {
  readonly rule: Rule;
  readonly pattern: RegExp;
}

// Tag characters spell ASCII invisibly; variation selectors 17 to 256 can carry bytes.
// eslint-disable-next-line no-misleading-character-class -- ranges, of which none is a sequence
const HIDDEN_TEXT = /[\u{e0001}\u{e0020}-\u{e007f}\u{e0100}-\u{e01ef}]/gu;
const CHARACTERS: readonly CharacterRule[] = [
  { rule: RULES.hiddenText, pattern: HIDDEN_TEXT },
  { rule: RULES.bidirectionalOverride, pattern: /[\u202a-\u202e\u2066-\u2069]/gu },
  // A joiner between letters or emoji is writing, in Persian for one; next to ASCII, or alone, it is there to hide.
  {
    rule: RULES.hiddenCharacter,
    pattern:
      // eslint-disable-next-line no-misleading-character-class -- single characters, looked for one by one
      /[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0]|(?<![\p{L}\p{M}\p{Emoji}\ufe0f])[\u200c\u200d]|(?<=[\x21-\x7e])[\u200c\u200d]|[\u200c\u200d](?=[\x21-\x7e])/gu,
  },
  // eslint-disable-next-line no-control-regex -- what is looked for
  { rule: RULES.controlCharacter, pattern: /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gu },
];

interface PhraseRule {
  readonly rule: Rule;
  readonly patterns: readonly RegExp[];
}

const NEGATIVE = String.raw`(?:do not|don't|never|must not|should not|without)`;
const PHRASES: readonly PhraseRule[] = [
  {
    rule: RULES.overridesInstructions,
    patterns: [
      /\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}\b(?:previous|prior|earlier|above|all|any|your|other|system)\b[^.\n]{0,30}\b(?:instructions?|prompts?|rules?|guidelines?|directions?)\b/iu,
      /\b(?:new|updated|real|actual)\s+(?:system\s+)?(?:prompt|instructions?)\s*:/iu,
      /\byou are (?:now|no longer)\b[^.\n]{0,60}\b(?:assistant|model|mode|agent|unrestricted|developer)\b/iu,
    ],
  },
  {
    rule: RULES.hidesFromUser,
    patterns: [
      new RegExp(
        String.raw`\b${NEGATIVE}\s+(?:tell(?:ing)?|inform(?:ing)?|mention(?:ing)?|show(?:ing)?|reveal(?:ing)?|notify(?:ing)?|disclos(?:e|ing)|alert(?:ing)?|ask(?:ing)?)\b[^.\n]{0,60}\buser`,
        'iu',
      ),
      new RegExp(String.raw`\b${NEGATIVE}\s+(?:mention|reveal|disclose|report)\s+(?:this|that|it|these)\b`, 'iu'),
      /\b(?:hide|conceal|keep)\b[^.\n]{0,40}\b(?:from|secret from)\s+the\s+user\b/iu,
      /\b(?:secretly|covertly)\b|\bsilently\s+(?:send|forward|upload|copy|read|include|append|add|call|run)\b/iu,
    ],
  },
  {
    rule: RULES.readsSecrets,
    patterns: [
      /(?:~|\$HOME|\/home\/\w+|\/ro{2}t)\/\.(?:ssh|aws|gnupg|kube|config|netrc|npmrc|pypirc|docker|cursor|claude)\b/iu,
      /\bid_(?:rsa|ed25519|ecdsa|dsa)\b/iu,
      /\/etc\/(?:passwd|shadow|sudoers)\b/iu,
      /(?:^|[\s"'`/])\.env(?:\.\w+)?\b/iu,
      /\b(?:mcp|claude_desktop_config)\.json\b/iu,
      /\b(?:read|get|include|pass|send|provide)\b[^.\n]{0,40}\b(?:api[ _-]?keys?|passwords?|private keys?|credentials|access tokens?|secrets?)\b/iu,
    ],
  },
  {
    rule: RULES.sendsElsewhere,
    patterns: [
      /\b(?:send|post|upload|forward|exfiltrate|transmit|leak|e-?mail)\b[^.\n]{0,80}(?:https?:\/\/|\b[\w.+-]+@[\w-]+\.\w+)/iu,
      /!\[[^\]]*\]\(https?:\/\/[^)]*(?:\{|%7b|\$)/iu,
    ],
  },
  {
    rule: RULES.steersOtherTools,
    patterns: [
      /\b(?:before|after|instead of|whenever|when)\s+(?:you\s+)?(?:us(?:e|ing)|call(?:ing)?|invok(?:e|ing)|run(?:ning)?)\s+(?:any|all|every|each|the|an?y?\s*other|other)\b[^.\n]{0,30}\btools?\b/iu,
      /\b(?:always|must|first)\b[^.\n]{0,20}\b(?:call|use|invoke|run)\s+this\s+tool\b[^.\n]{0,40}\b(?:before|first|any|every)\b/iu,
    ],
  },
  {
    rule: RULES.markedImportant,
    patterns: [
      /<\/?\s*(?:important|system|instructions?|secret|assistant|admin)\s*>/iu,
      /<\|[\w ]{2,30}\|>|\[\/?INST\]|<<\/?SYS>>/iu,
    ],
  },
  {
    rule: RULES.longEncodedText,
    patterns: [/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{120,}={0,2}(?![A-Za-z0-9+/])/u],
  },
];

/** A text is looked at as it is for characters, and without what nobody sees for words: hiding a letter in the middle of one helps nobody. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Looks at one text of a tool. Rules match words and characters: they find what was found before elsewhere, and prove nothing where they find nothing. */
export function scanText(text: string): readonly TextFinding[] {
  const findings: TextFinding[] = [];
  for (const { rule, pattern } of CHARACTERS) {
    const found = [...text.matchAll(pattern)].map(([character]) => codePoint(character));
    if (found.length === 0) continue;
    const kinds = [...new Set(found)].slice(0, 5).join(', ');
    const hidden = rule === RULES.hiddenText ? hiddenMessage(text) : '';
    findings.push({
      rule,
      message: `${found.length} of ${kinds}${hidden === '' ? '' : `, saying ${JSON.stringify(hidden)}`}`,
    });
  }
  const readable = text.normalize('NFKC').replace(INVISIBLE, '').replace(/\s+/gu, ' ');
  for (const { rule, patterns } of PHRASES) {
    const found = patterns.map((pattern) => pattern.exec(readable)?.[0]).find((match) => match !== undefined);
    if (found !== undefined) findings.push({ rule, message: JSON.stringify(found.slice(0, 120)) });
  }
  return findings;
}

/** What tag characters spell. */
function hiddenMessage(text: string): string {
  const letters = Array.from(text, (character) => character.codePointAt(0) ?? 0)
    .filter((code) => code >= 0xe0020 && code <= 0xe007e)
    .map((code) => String.fromCodePoint(code - 0xe0000));
  return letters.join('').slice(0, 120);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
