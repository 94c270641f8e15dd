import { TreeHeadMonitor, checkStatus } from '@mcps/protocol';
import type { CheckStatusOptions, StatusOutcome } from '@mcps/protocol';
import { AuthorityApi } from '../../src/authority/authority-api.js';
import { History } from '../../src/status/history.js';
import { PassportStatus } from '../../src/status/passport-status.js';
import type { LocalKnowledge } from '../../src/status/passport-status.js';
import { TestAuthority, TestClock } from './authority.js';
import type { Issued } from './authority.js';
import { TestServer } from './http-server.js';

const NO_KNOWLEDGE: LocalKnowledge = {
  check: async () => ({ status: 'unknown', producedAtMs: 0, expiresAtMs: 0 }),
  heardUntilMs: undefined,
  isLive: false,
};

/** An authority on the loopback interface, and a relying party that asks it. */
export class StatusWorld {
  private constructor(
    readonly clock: TestClock,
    readonly authority: TestAuthority,
    readonly server: TestServer,
    readonly status: PassportStatus,
    readonly forks: readonly Error[],
  ) {}

  static async create(
    options: {
      readonly local?: LocalKnowledge;
      readonly attemptTimeoutMs?: number;
      readonly more?: readonly string[];
    } = {},
  ): Promise<StatusWorld> {
    const clock = new TestClock();
    const authority = await TestAuthority.create(clock);
    const server = await TestServer.start(authority.handle);
    const anchors = await authority.anchors();
    const api = new AuthorityApi({
      urls: [server.url, ...(options.more ?? [])],
      fetch,
      clock: clock.read,
      random: () => 0.5,
      attemptTimeoutMs: options.attemptTimeoutMs ?? 20_000,
    });
    const forks: Error[] = [];
    const history = new History({
      monitor: new TreeHeadMonitor(),
      api,
      anchors,
      clock: clock.read,
      isReachable: true,
      onFork: (error) => forks.push(error),
    });
    const status = new PassportStatus({
      api,
      history,
      local: options.local ?? NO_KNOWLEDGE,
      anchors,
      clock: clock.read,
      random: () => 0.5,
      maxAgeMs: 60_000,
    });
    return new StatusWorld(clock, authority, server, status, forks);
  }

  async check(agent: Issued, options: CheckStatusOptions = {}): Promise<StatusOutcome> {
    return checkStatus(await this.authority.verified(agent), this.status, { clock: this.clock.read, ...options });
  }

  /** What has been asked of the authority since the last time. */
  asked(): string[] {
    return this.server.requests.splice(0).map((url) => url.replace(/asp_[0-9a-f]+/, 'ID').replace(/^\/api\//, ''));
  }
}
