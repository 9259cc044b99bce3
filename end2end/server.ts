import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** How long a revealed value stands on the screen in these tests. */
export const REVEAL_SECONDS = 6;

/** Budgets that no test meets: one person of these tests does in a minute what a teller does in a week. */
const generous = Object.fromEntries(
  ['PERSON', 'BRANCH', 'PURPOSE'].flatMap(scope =>
    ['SEARCHES', 'MISSES', 'CUSTOMERS', 'REVEALS', 'BANK_WIDE_SEARCHES'].flatMap(counter =>
      ['HOUR', 'DAY', 'MONTH'].map(window => [`GRILLE_BUDGET__${scope}__${counter}_${window}`, '1000000']),
    ),
  ),
);

const root = resolve(import.meta.dirname, '..');

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('no port'))));
    });
  });
}

/** A demonstration that runs: what it said first, and what ends it and cleans up. */
export interface Running {
  said: string;
  stop: () => Promise<void>;
}

/** Starts a demonstration in a fresh folder, on a port of its own unless one is given. */
export async function begin(staff: number, settings: Record<string, string>, given?: number): Promise<Running> {
  const port = given ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), 'grille-end2end-'));
  const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
  const program = process.env.GRILLE ?? join(target, 'debug', 'grille');
  const words = ['demo', '--data-dir', folder, '--addr', `127.0.0.1:${port}`, '--staff', String(staff), '--json'];
  // what the shared one said is no setting of another
  const { GRILLE_DEMO: _, ...env } = process.env;
  const server = spawn(program, words, {
    cwd: root,
    env: { ...env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // a test that fails does not come to its stop
  process.once('exit', () => server.kill());
  const said: string[] = [];
  server.stderr.on('data', (words: Buffer) => said.push(words.toString()));
  const gone = new Promise<never>((_, fail) => {
    server.on('error', fail);
    server.on('exit', code => fail(new Error(`grille ended with ${code}:\n${said.join('')}`)));
  });
  gone.catch(() => undefined);
  const firstLine = new Promise<string>(done => createInterface({ input: server.stdout }).once('line', done));
  // the first line is printed once it serves
  const first = await Promise.race([firstLine, gone]);
  server.stdout.resume();
  const stop = async () => {
    const ended = new Promise(done => server.once('exit', done));
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { said: first, stop };
}

/** The demonstration that all tests share. */
export default async function start(): Promise<() => Promise<void>> {
  // each test has people of its own; a picture shows what a bank would see
  const running = process.env.SCREENSHOTS
    ? await begin(2, {})
    : await begin(70, { ...generous, GRILLE_REVEAL__SECONDS: String(REVEAL_SECONDS) });
  process.env.GRILLE_DEMO = running.said;
  return running.stop;
}
