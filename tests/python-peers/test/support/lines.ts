import { createInterface } from 'node:readline';
import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';

/** Collects the JSON documents of a stream, one a line; other lines are kept as text. */
export function documentsOf(stream: NodeJS.ReadableStream): any[] {
  const documents: any[] = [];
  createInterface({ input: stream }).on('line', (line) => {
    try {
      documents.push(JSON.parse(line));
    } catch {
      documents.push(line);
    }
  });
  return documents;
}

/** Somebody on the way, who may change each JSON document that passes, one a line. */
export class Meddler extends Transform {
  #rest = '';

  /** What becomes of a document; nothing, until a test says otherwise. */
  change: (message: any) => any = (message) => message;

  override _transform(chunk: Buffer, _encoding: string, callback: TransformCallback): void {
    const lines = (this.#rest + chunk.toString()).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.push(`${JSON.stringify(this.change(JSON.parse(line)))}\n`);
    callback();
  }
}
