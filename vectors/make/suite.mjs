import { codeOfReason } from './reasons.mjs';
import { SECTIONS } from './sections.mjs';

/** Collects the vectors of one suite. Expectations are written by hand in the suites; nothing here asks an implementation. */
export class Suite {
  vectors = [];

  /**
   * @param layer `crypto`, whose rejections have codes of their own, `audit`, likewise, `protocol` or `trust-client`
   * @param input JSON Schema keywords for the `input` of every vector
   * @param definitions schemas that `input` refers to below `#/$defs/`, where it does
   */
  constructor({ slug, layer, description, input, definitions }) {
    const spec = SECTIONS[slug];
    if (spec === undefined)
      throw new Error(`sections.mjs does not say which section of the specification ${slug} stands for`);
    Object.assign(this, { slug, layer, spec, description, input, definitions });
  }

  accept(id, title, rule, input, outputs = {}) {
    this.#add(id, title, rule, input, { outcome: 'accept', ...outputs });
  }

  /** @param why a code of the suites that have codes of their own, or a reason of the others */
  reject(id, title, rule, input, why, more = {}) {
    const hasOwnCodes = this.layer === 'crypto' || this.layer === 'audit';
    const expect = hasOwnCodes ? { code: why } : { code: codeOfReason(why), reason: why };
    this.#add(id, title, rule, input, { outcome: 'reject', ...expect, ...more });
  }

  /** A sequence in which every step has an outcome of its own. */
  sequence(id, title, rule, input) {
    const rejects = input.steps.some(({ expect }) => expect.outcome === 'reject');
    const last = input.steps.findLast(({ expect }) => expect.outcome === 'reject');
    this.#add(
      id,
      title,
      rule,
      input,
      rejects ? { outcome: 'reject', code: last.expect.code, reason: last.expect.reason } : { outcome: 'accept' },
    );
  }

  #add(id, title, rule, input, expect) {
    if (this.vectors.some((vector) => vector.id === `${this.slug}/${id}`))
      throw new Error(`${this.slug}/${id} is there twice`);
    this.vectors.push({ id: `${this.slug}/${id}`, title, rule, input, expect });
  }
}

export const accepted = { outcome: 'accept' };
export const refused = (reason) => ({ outcome: 'reject', code: codeOfReason(reason), reason });
