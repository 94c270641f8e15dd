import { SUPPORTED_VERSIONS, negotiateVersion as negotiate } from '@mcps/protocol';

/**
 * The highest version that both sides speak, compared number by number; `null` where there is none (MCPS-015). Never throws: what is no version is passed over.
 *
 * @param serverVersions default: those that this package speaks
 */
export function negotiateVersion(
  clientVersions: string | readonly string[] | null | undefined,
  serverVersions?: string | readonly string[] | null,
): string | null {
  try {
    return negotiate(listOf(clientVersions), listOf(serverVersions ?? SUPPORTED_VERSIONS));
  } catch {
    return null;
  }
}

function listOf(versions: unknown): readonly string[] {
  if (!Array.isArray(versions)) return typeof versions === 'string' ? [versions] : [];
  return versions.filter((version): version is string => typeof version === 'string');
}
