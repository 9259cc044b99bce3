import { defineConfig } from '@playwright/test';

// The server is started once by server.ts, on a port and a data folder of its own; its address reaches
// the tests by the environment (fixtures.ts).
export default defineConfig({
  testDir: './tests',
  outputDir: './test-results',
  globalSetup: './server.ts',
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  reporter: 'list',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // each writes into the repository or needs the release build: named by its variable, or left out
  grepInvert: ['SCREENSHOTS', 'WEIGHT'].filter(name => !process.env[name]).map(name => new RegExp(`@${name.toLowerCase()}`)),
  use: {
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1280, height: 720 },
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
