import { type Browser, type Page } from '@playwright/test';
import { expect, guest, person, test } from '../fixtures';
import { findGuest, signIn, WORDS } from '../pages';

// `make weight` only: it weighs the release build, which `make test` does not make.

/** DESIGN §4: everything that a page loads, over the wire, into an empty cache. */
const MOST_BYTES = 150_000;

interface Weight {
  page: string;
  requests: number;
  bytes: number;
  /** Largest contentful paint, milliseconds. */
  lcp: number;
  /** Cumulative layout shift. */
  shift: number;
}

/** Loads an address in a browser that has only the cookies of `from`. */
async function weigh(browser: Browser, from: Page, name: string, address: string): Promise<Weight> {
  const context = await browser.newContext({ storageState: await from.context().storageState(), locale: 'zh-CN' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen = { lcp: 0, shift: 0 };
    Object.assign(window, { seen });
    new PerformanceObserver(list => list.getEntries().forEach(entry => (seen.lcp = entry.startTime))).observe({
      type: 'largest-contentful-paint',
      buffered: true,
    });
    new PerformanceObserver(list =>
      list.getEntries().forEach(entry => (seen.shift += (entry as PerformanceEntry & { value: number }).value)),
    ).observe({ type: 'layout-shift', buffered: true });
  });
  const wire = await context.newCDPSession(page);
  let [requests, bytes] = [0, 0];
  wire.on('Network.requestWillBeSent', () => (requests += 1));
  wire.on('Network.loadingFinished', done => (bytes += done.encodedDataLength));
  await wire.send('Network.enable');
  await page.goto(address, { waitUntil: 'networkidle' });
  const seen = await page.evaluate(() => (window as unknown as { seen: { lcp: number; shift: number } }).seen);
  await context.close();
  return { page: name, requests, bytes, lcp: Math.round(seen.lcp), shift: seen.shift };
}

test('@weight each page is light, and nothing on it moves', async ({ page, browser }) => {
  const origin = new URL((await page.goto('/sign-in'))?.url() ?? '').origin;
  const weights = [await weigh(browser, page, '/sign-in', `${origin}/sign-in`)];
  await signIn(page, person('op1110'), WORDS.zh);
  weights.push(await weigh(browser, page, '/customers', `${origin}/customers`));
  await findGuest(page, guest(), WORDS.zh, '客户询问页面打开是否及时');
  weights.push(await weigh(browser, page, 'card', page.url()));
  const other = await browser.newContext({ baseURL: origin, locale: 'zh-CN' });
  const watcher = await other.newPage();
  await signIn(watcher, person('su3001'), WORDS.zh, null);
  weights.push(await weigh(browser, watcher, '/supervise/events', `${origin}/supervise/events`));
  await other.close();
  console.table(weights);
  for (const weight of weights) {
    expect(weight.bytes, weight.page).toBeLessThanOrEqual(MOST_BYTES);
    expect(weight.shift, weight.page).toBeLessThan(0.01);
    expect(weight.lcp, weight.page).toBeGreaterThan(0);
  }
});
