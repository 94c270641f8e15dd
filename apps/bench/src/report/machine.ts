import { arch, availableParallelism, cpus, platform } from 'node:os';

/** What the numbers were measured on. Nothing that names the machine or its owner. */
export interface Machine {
  readonly node: string;
  readonly v8: string;
  readonly openssl: string;
  readonly platform: string;
  readonly arch: string;
  readonly processor: string;
  readonly parallelism: number;
}

export function describeMachine(): Machine {
  const { node, v8, openssl } = process.versions;
  return {
    node,
    v8,
    openssl,
    platform: platform(),
    arch: arch(),
    processor: cpus()[0]?.model ?? 'unknown',
    parallelism: availableParallelism(),
  };
}
