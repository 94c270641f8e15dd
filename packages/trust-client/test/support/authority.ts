import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeHex, exportPublicJwk, generateKeyPair } from '@mcps/crypto';
import type { KeyPair } from '@mcps/crypto';
import {
  EMPTY_LOG,
  appendLeaves,
  createTrustAnchors,
  issuePassport,
  leafHash,
  leafOf,
  passportDigest,
  proveConsistency,
  rootHash,
  signBundle,
  signEvent,
  signKeySet,
  signStaple,
  signStatus,
  signStatusList,
  signStatusListDelta,
  signTreeHead,
  verifyPassport,
} from '@mcps/protocol';
import type {
  AuthorityEvent,
  Bundle,
  EventType,
  IssuingRight,
  KeySet,
  LogEntry,
  LogTree,
  Passport,
  RevokedPassport,
  StatusList,
  TreeHeadReference,
  TrustAnchors,
  TrustLevel,
  VerifiedPassport,
} from '@mcps/protocol';
import { json } from './http-server.js';

const START = Date.parse('2026-03-01T12:00:00.000Z');

/** A clock that only the test moves. */
export class TestClock {
  now = START;
  readonly read = (): number => this.now;

  advance(ms: number): void {
    this.now += ms;
  }
}

export interface Issued {
  readonly passport: Passport;
  readonly keys: KeyPair;
  readonly chain: readonly Passport[];
}

interface Record {
  readonly passport: Passport;
  readonly digest: string;
  readonly parents: readonly string[];
  revocation?: RevokedPassport;
}

/**
 * An authority as its relying parties see it: real keys, real signatures, a real log. It keeps everything in memory and answers over HTTP through
 * {@link handle}, which tests replace where it is to lie.
 */
export class TestAuthority {
  readonly records = new Map<string, Record>();
  epoch = 0;
  listNumber = 1;
  /** 0: it has no key set. */
  keySetNumber = 0;
  bundleNumber = 1;
  era = 1;
  statusTtlSeconds = 60;
  listTtlSeconds = 300;
  /** The last list that was asked for. */
  handedOut: StatusList | undefined;
  readonly listeners = new Set<ServerResponse>();
  #tree: LogTree = EMPTY_LOG;
  readonly #nodes = new Map<string, Uint8Array>();

  private constructor(
    readonly name: string,
    readonly clock: TestClock,
    readonly root: KeyPair,
    public status: KeyPair,
  ) {}

  static async create(clock: TestClock, name = 'authority.example'): Promise<TestAuthority> {
    return new TestAuthority(name, clock, await generateKeyPair(), await generateKeyPair());
  }

  get trustAnchor() {
    return { issuer: this.name, keys: [this.root.publicKey], statusKeys: [this.status.publicKey] };
  }

  anchors(): Promise<TrustAnchors> {
    return createTrustAnchors([this.trustAnchor]);
  }

  /** A copy with the same keys that goes its own way from here on: a backup, or a second history. */
  fork(): TestAuthority {
    const copy = new TestAuthority(this.name, this.clock, this.root, this.status);
    for (const [id, record] of this.records) copy.records.set(id, { ...record });
    copy.epoch = this.epoch;
    copy.listNumber = this.listNumber;
    copy.#tree = this.#tree;
    for (const [id, hash] of this.#nodes) copy.#nodes.set(id, hash);
    return copy;
  }

  async issue(
    name: string,
    options: { readonly below?: Issued; readonly issuing?: IssuingRight; readonly level?: TrustLevel } = {},
  ): Promise<Issued> {
    const { below, issuing, level = 3 } = options;
    const keys = await generateKeyPair();
    const passport = await issuePassport({
      authority:
        below === undefined
          ? { issuer: this.name, key: this.root.privateKey }
          : { passport: below.passport, key: below.keys.privateKey, chain: below.chain },
      subject: {
        name,
        version: '1.0.0',
        publicKey: keys.publicKey,
        trustLevel: level,
        ...(issuing === undefined ? {} : { issuing }),
      },
      clock: this.clock.read,
      ttlSeconds: 24 * 3600,
    });
    const digest = await passportDigest(passport);
    const chain = below === undefined ? [] : [below.passport, ...below.chain];
    const parents = chain.map((parent) => parent.passport_id);
    this.records.set(passport.passport_id, { passport, digest, parents });
    await this.append({ type: 'issued', at: this.at(), passport_id: passport.passport_id, passport_digest: digest });
    return { passport, keys, chain };
  }

  async revoke({ passport }: Issued, reason = 'key_compromise'): Promise<RevokedPassport> {
    const record = this.#record(passport.passport_id);
    this.epoch += 1;
    this.listNumber += 1;
    record.revocation = {
      passport_id: passport.passport_id,
      reason,
      revoked_at: this.at(),
      passport_expires_at: passport.expires_at,
    };
    const subject = { passport_id: passport.passport_id, passport_digest: record.digest };
    await this.append({ type: 'revoked', at: this.at(), ...subject, reason, epoch: this.epoch });
    await this.tell('revocation', record.revocation);
    return record.revocation;
  }

  /** Sends an event to all who listen. */
  async tell(type: EventType, revocation?: RevokedPassport): Promise<void> {
    const event = await this.signEvent(type, revocation);
    for (const listener of this.listeners)
      listener.write(`id: ${event.id}\nevent: ${type}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  signEvent(type: EventType, revocation?: RevokedPassport): Promise<AuthorityEvent> {
    const { name: authority, era, epoch, listNumber, clock } = this;
    const options = { authority, era, epoch, type, listNumber, clock: clock.read };
    return signEvent({ ...options, ...(revocation === undefined ? {} : { revocation }) }, this.status.privateKey);
  }

  /** Another status key from now on, which the root key vouches for. */
  async changeStatusKey(): Promise<void> {
    this.status = await generateKeyPair();
    this.keySetNumber += 1;
  }

  signKeySet(): Promise<KeySet> {
    const { now } = this.clock;
    const keys = [
      {
        purpose: 'status' as const,
        jwk: this.status.publicKey.jwk,
        notBeforeMs: now - 1_000,
        notAfterMs: now + 90 * 24 * 3_600_000,
      },
    ];
    const { name: authority, era, keySetNumber: number } = this;
    return signKeySet({ authority, era, number, keys, issuedAtMs: now }, this.root.privateKey);
  }

  async signBundle(passports: readonly Issued[] = []): Promise<Bundle> {
    const { name: authority, bundleNumber: number } = this;
    return signBundle(
      {
        authority,
        number,
        keySet: await this.signKeySet(),
        list: await this.signList(),
        passports: passports.map(({ passport }) => passport),
        createdAtMs: this.clock.now,
      },
      this.status.privateKey,
    );
  }

  async append(entry: LogEntry): Promise<void> {
    const { tree, nodes } = await appendLeaves(this.#tree, [await leafHash(leafOf(entry))]);
    this.#tree = tree;
    for (const { level, index, hash } of nodes) this.#nodes.set(`${level}/${index}`, hash);
  }

  async treeHead(): Promise<TreeHeadReference> {
    return { tree_size: this.#tree.size, root_hash: encodeHex(await rootHash(this.#tree)) };
  }

  at(): string {
    return new Date(this.clock.now).toISOString();
  }

  async signStatus(passportId: string): Promise<object> {
    const record = this.records.get(passportId);
    const revocation = record === undefined ? undefined : this.#revocationOf(record);
    return signStatus(
      {
        authority: this.name,
        passportId,
        passportDigest: record?.digest ?? null,
        status: record === undefined ? 'UNKNOWN' : revocation === undefined ? 'VALID' : 'REVOKED',
        epoch: this.epoch,
        treeHead: await this.treeHead(),
        ttlSeconds: this.statusTtlSeconds,
        clock: this.clock.read,
        ...(revocation === undefined
          ? {}
          : { revocation: { reason: revocation.reason, revokedAtMs: Date.parse(revocation.revoked_at) } }),
      },
      this.status.privateKey,
    );
  }

  async signStaple({ passport }: Issued, ttlSeconds = 3600): Promise<object> {
    return signStaple(
      {
        authority: this.name,
        passportId: passport.passport_id,
        passportDigest: this.#record(passport.passport_id).digest,
        epoch: this.epoch,
        treeHead: await this.treeHead(),
        ttlSeconds,
        clock: this.clock.read,
      },
      this.status.privateKey,
    );
  }

  async #answerDelta(from: number, response: ServerResponse): Promise<void> {
    const earlier = this.handedOut;
    if (earlier?.number !== from) return refuse(response, 410);
    const isPresent = from === this.listNumber;
    if (isPresent && earlier.issued_at === this.at()) return void response.writeHead(204).end();
    if (isPresent) return refuse(response, 410);
    this.handedOut = await this.signList();
    return json(response, await signStatusListDelta(earlier, this.handedOut, this.status.privateKey));
  }

  async signList(): Promise<StatusList> {
    const revoked = [...this.records.values()].flatMap(({ revocation }) =>
      revocation === undefined ? [] : [revocation],
    );
    return signStatusList(
      {
        issuer: this.name,
        number: this.listNumber,
        epoch: this.epoch,
        issuedAtMs: this.clock.now,
        ttlSeconds: this.listTtlSeconds,
        revoked,
        treeHead: await this.treeHead(),
      },
      this.status.privateKey,
    );
  }

  async verified({ passport }: Issued): Promise<VerifiedPassport> {
    return verifyPassport(passport, { anchors: await this.anchors(), now: this.clock.now });
  }

  /** Answers as the real one does. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.answer(request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  };

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const [, api, what = '', id = ''] = pathname.split('/');
    if (api !== 'api') return refuse(response, 404);
    if (what === 'events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      this.listeners.add(response);
      response.on('close', () => this.listeners.delete(response));
      return this.tell('heartbeat');
    }
    if (what === 'ta' && id === 'public-key') {
      const [key, statusKey] = await Promise.all([
        exportPublicJwk(this.root.publicKey),
        exportPublicJwk(this.status.publicKey),
      ]);
      return json(response, { issuer: this.name, keys: [key], statusKeys: [statusKey], evidenceKeys: [key] });
    }
    if (what === 'ta' && id === 'key-set' && this.keySetNumber > 0) return json(response, await this.signKeySet());
    if (what === 'verify') return json(response, await this.signStatus(id));
    if (what === 'staple') {
      const record = this.records.get(id);
      if (record === undefined) return refuse(response, 404);
      if (this.#revocationOf(record) !== undefined) return refuse(response, 409);
      return json(response, await this.signStaple({ passport: record.passport } as Issued));
    }
    if (what === 'passport') {
      const record = this.records.get(id);
      return record === undefined
        ? refuse(response, 404)
        : json(response, { passport: record.passport, status: 'VALID' });
    }
    if (what === 'crl') {
      const from = searchParams.get('from');
      if (from !== null) return this.#answerDelta(Number(from), response);
      const etag = `"list-1-${this.listNumber}-${this.clock.now}"`;
      if (request.headers['if-none-match'] === etag) {
        response.writeHead(304);
        return void response.end();
      }
      this.handedOut = await this.signList();
      return json(response, this.handedOut, { etag });
    }
    if (what === 'log' && id === 'tree-head') {
      const { name: authority, era, epoch, clock } = this;
      const options = { authority, era, epoch, treeHead: await this.treeHead(), clock: clock.read };
      return json(response, await signTreeHead(options, this.status.privateKey));
    }
    if (what === 'log' && id === 'consistency') {
      const [from, to] = [Number(searchParams.get('from')), Number(searchParams.get('to'))];
      if (!(from <= to && to <= this.#tree.size)) return refuse(response, 400);
      return json(response, await this.consistency(from, to));
    }
    return refuse(response, 404);
  }

  consistency(from: number, to: number): Promise<object> {
    const read = (nodes: readonly { level: number; index: number }[]) =>
      Promise.resolve(nodes.map(({ level, index }) => this.#nodes.get(`${level}/${index}`) ?? new Uint8Array()));
    return proveConsistency(from, to, { read });
  }

  #record(id: string): Record {
    const record = this.records.get(id);
    if (record === undefined) throw new Error('The authority has not issued that');
    return record;
  }

  #revocationOf({ revocation, parents }: Record): RevokedPassport | undefined {
    return revocation ?? parents.map((id) => this.records.get(id)?.revocation).find((found) => found !== undefined);
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ title: 'refused', status }));
}
