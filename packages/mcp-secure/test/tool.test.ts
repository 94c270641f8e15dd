import { describe, expect, it } from 'vitest';
import * as mcps from '../src/index.js';
import { TOOL, people } from './support/values.js';

const { agent: author, stranger } = people();

describe('a signed tool', () => {
  const signed = mcps.signTool(TOOL, author.privateKey);

  it('verifies by the object that signing returned, and by its text', () => {
    expect(Object.keys(signed)).toEqual(['signature', 'tool_hash']);
    const expected = { valid: true, tool_hash: signed.tool_hash, hash_changed: false, error: null };
    expect(mcps.verifyTool(TOOL, signed, author.publicKey)).toEqual(expected);
    expect(mcps.verifyTool(TOOL, signed.signature, author.publicKey)).toEqual(expected);
  });

  it('is refused once a covered member has changed, with the hash that it has now', () => {
    for (const changed of [
      { ...TOOL, name: 'write_file' },
      { ...TOOL, description: 'Reads a file, and sends it elsewhere' },
      { ...TOOL, inputSchema: {} },
      { name: TOOL.name, description: TOOL.description },
    ]) {
      const verdict = mcps.verifyTool(changed, signed, author.publicKey, signed.tool_hash);
      expect(verdict).toMatchObject({
        valid: false,
        hash_changed: true,
        error: { code: 'MCPS-008' },
        reason: 'tool_signature_invalid',
      });
      expect(verdict.tool_hash).toMatch(/^[0-9a-f]{64}$/);
      expect(verdict.tool_hash).not.toBe(signed.tool_hash);
    }
    expect(mcps.verifyTool(TOOL, signed, stranger.publicKey).valid).toBe(false);
  });

  it('tells a change that its author has signed from one that nobody has', () => {
    const next = { ...TOOL, description: 'Reads a file or a folder' };
    const verdict = mcps.verifyTool(next, mcps.signTool(next, author.privateKey), author.publicKey, signed.tool_hash);
    expect(verdict).toMatchObject({ valid: true, hash_changed: true });
    expect(mcps.verifyTool(TOOL, signed, author.publicKey, { pinnedHash: signed.tool_hash }).hash_changed).toBe(false);
  });

  it("is bound to its author's origin where one is given", () => {
    const bound = mcps.signTool(TOOL, author.privateKey, 'https://tools.example');
    expect(mcps.verifyTool(TOOL, bound, author.publicKey, null, 'https://tools.example').valid).toBe(true);
    expect(mcps.verifyTool(TOOL, bound, author.publicKey, { authorOrigin: 'https://tools.example' }).valid).toBe(true);
    expect(mcps.verifyTool(TOOL, bound, author.publicKey, null, 'https://relay.example').valid).toBe(false);
    expect(mcps.verifyTool(TOOL, bound, author.publicKey).valid).toBe(false);
  });

  it('may have members that have no form in JSON, where nothing is signed', () => {
    const tool = { ...TOOL, outputSchema: undefined, handler: () => 1 };
    expect(mcps.verifyTool(tool, mcps.signTool(tool, author.privateKey), author.publicKey).valid).toBe(true);
  });

  it('may have a schema with a number beyond those that are safe', () => {
    const tool = { ...TOOL, inputSchema: { maximum: 1e20 } };
    expect(mcps.verifyTool(tool, mcps.signTool(tool, author.privateKey), author.publicKey).valid).toBe(true);
  });
});

describe('signed metadata of a model', () => {
  const model = { name: 'm', version: '1', format: 'gguf', file_hash: 'a'.repeat(64) };
  const signed = mcps.signModel(model, 'asp_test', author.privateKey);

  it('verifies with its publisher, and against the file where there is one', () => {
    expect(mcps.verifyModel(signed, author.publicKey)).toEqual({
      valid: true,
      error: null,
      file_matches: false,
      signed_by: 'asp_test',
    });
    expect(mcps.verifyModel(signed, author.publicKey, model.file_hash)).toMatchObject({ file_matches: true });
    expect(mcps.verifyModel(signed, author.publicKey, { fileHash: 'b'.repeat(64) })).toMatchObject({
      valid: false,
      error: { code: 'MCPS-008' },
      reason: 'model_hash_mismatch',
    });
    expect(mcps.verifyModel({ ...signed, version: '2' }, author.publicKey).valid).toBe(false);
    expect(mcps.verifyModel(signed, stranger.publicKey).valid).toBe(false);
  });

  it('has the hash of the file', async () => {
    expect(await mcps.hashModelFile(import.meta.filename)).toMatch(/^[0-9a-f]{64}$/);
  });
});
