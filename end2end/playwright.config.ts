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
  grepInvert: process.env.SCREENSHOTS ? undefined : /@screenshots/,
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
