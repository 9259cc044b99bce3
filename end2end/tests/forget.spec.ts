import { chromium, type Page } from '@playwright/test';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, DIALOG, everything, show, toCard } from '../dialog';
import { demo, expect, guest, person, test } from '../fixtures';
import { WORDS } from '../pages';
import { textOf } from '../pdf';
import { REVEAL_SECONDS } from '../server';

const words = WORDS.zh;
const more = DIALOG.zh;
const sought = guest();

/** The value is in the page: what proves that looking for it finds it. */
async function expectThere(page: Page): Promise<void> {
  expect(await everything(page)).toContain(sought.mobile);
}

async function expectNowhere(page: Page): Promise<void> {
  const all = await everything(page);
  expect(all).not.toContain(sought.mobile);
  // nor in any other way of writing it
  expect(all.replace(/[\s-]/g, '')).not.toContain(sought.mobile);
}

test('v4 after its time the value is nowhere in the page, and neither is it after Hide now', async ({ page }) => {
  const who = person('op1121');
  await toCard(page, who, sought, words, '客户投诉扣款提醒没有送达');
  await expectNowhere(page);
  const dialog = await show(page, who, words, words.mobile, sought.mobile);
  await expectThere(page);
  await expect(dialog.locator('.over')).toHaveText(words.over, { timeout: (REVEAL_SECONDS + 2) * 1000 });
  await expectNowhere(page);
  await page.keyboard.press('Escape');
  const again = await show(page, who, words, words.mobile, sought.mobile);
  await expectThere(page);
  await again.getByRole('button', { name: more.hide }).click();
  await expectNowhere(page);
});

test('v4 while the window is elsewhere the value is out of the document, and it returns without a click', async ({ page }) => {
  const who = person('op1122');
  await toCard(page, who, sought, words, '客户投诉自助机吞卡未处理');
  const dialog = await show(page, who, words, words.mobile, sought.mobile);
  await expectThere(page);
  // at once, not when the next effect runs
  const during = await page.evaluate(() => {
    window.dispatchEvent(new Event('blur'));
    return document.documentElement.outerHTML;
  });
  expect(during).not.toContain(sought.mobile);
  await expect(dialog.getByText(more.covered)).toBeVisible();
  await expectNowhere(page);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(dialog.locator('output')).toContainText(sought.mobile);
  await page.evaluate(() => {
    window.dispatchEvent(new Event('blur'));
    window.dispatchEvent(new Event('focus'));
  });
  await expect(dialog.locator('output')).toContainText(sought.mobile);
  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await page.waitForTimeout(REVEAL_SECONDS * 1000);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expectNowhere(page);
});

test('v4 a locked or hidden page has forgotten the value when it is seen again', async ({ page }) => {
  const who = person('op1123');
  await toCard(page, who, sought, words, '客户投诉短信验证码延迟');
  await show(page, who, words, words.mobile, sought.mobile);
  await expectThere(page);
  // as a browser announces that it puts a page to sleep: to the document, not bubbling
  const frozen = await page.evaluate(() => {
    document.dispatchEvent(new Event('freeze'));
    return document.documentElement.outerHTML;
  });
  expect(frozen).not.toContain(sought.mobile);
  await expectNowhere(page);
  await page.keyboard.press('Escape');

  await show(page, who, words, words.mobile, sought.mobile);
  await expectThere(page);
  const hidden = await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    return document.documentElement.outerHTML;
  });
  expect(hidden).not.toContain(sought.mobile);
  await expectNowhere(page);
});

test('v4 a print holds masks only, and ends the reveal', async ({ page }) => {
  const who = person('op1124');
  await toCard(page, who, sought, words, '客户投诉回单打印不清');
  const dialog = await show(page, who, words, words.mobile, sought.mobile);
  await page.emulateMedia({ media: 'print' });
  await expect(dialog).toBeHidden();
  await expect(page.locator('output')).toBeHidden();
  await expectThere(page);
  const printed = textOf(await page.pdf());
  expect(printed).toContain('****');
  expect(printed).toContain(sought.mobile.slice(-4));
  expect(printed).not.toContain(sought.mobile);
  await page.emulateMedia({ media: 'screen' });
  await expect(dialog.locator('.over')).toHaveText(words.over);
  await expectNowhere(page);
});

test('v4 Back, Forward and a page out of the browser’s memory show nothing', async ({ page }) => {
  const who = person('op1125');
  await toCard(page, who, sought, words, '客户投诉网点提前关门');
  await show(page, who, words, words.mobile, sought.mobile);
  await expectThere(page);
  await page.goBack();
  await expectNowhere(page);
  await page.goForward();
  await expect(page.getByRole('heading', { level: 1, name: words.card, exact: true })).toBeVisible();
  await expectNowhere(page);
  // as a browser announces a page that it has kept
  const loaded = page.waitForEvent('load');
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  await loaded;
  await expectNowhere(page);
});

test('v4 an answer that comes after the dialog was closed is dropped unseen', async ({ page }) => {
  const who = person('op1126');
  await toCard(page, who, sought, words, '客户投诉开户资料遗失');
  let release = () => {};
  const held = new Promise<void>(done => (release = done));
  let shown = 0;
  await page.route('**/api/customers/reveal', async route => {
    const answer = await route.fetch();
    if (answer.ok()) {
      shown += 1;
      await held;
    }
    await route.fulfill({ response: answer });
  });
  const seen = page.waitForResponse(answer => answer.url().endsWith('/api/customers/reveal') && answer.ok());
  const dialog = await ask(page, words, words.mobile);
  await dialog.getByRole('button', { name: words.revealSubmit }).click();
  await dialog.getByLabel(words.stepUpCode).fill(await who.authenticator.next());
  await dialog.getByRole('button', { name: words.confirm }).click();
  await expect.poll(() => shown).toBe(1);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await ask(page, words, words.mobile);
  release();
  await (await seen).finished();
  await expectNowhere(page);
  await expect(dialog.getByLabel(more.reason)).toBeVisible();
});

test('v4 without its watermark the value goes', async ({ page }) => {
  const who = person('op1127');
  await toCard(page, who, sought, words, '客户投诉信用卡账单有误');
  // a name takes one step-up in five minutes: the second time it is shown at once
  const dialog = await show(page, who, words, more.name, sought.name);
  for (const spoil of ['remove', 'style', 'rule'] as const) {
    await expect(dialog.locator('output')).toContainText(sought.name);
    const mark = dialog.locator('.watermark');
    await expect(mark).toContainText(new RegExp(`${who.staff.staff_no} .+ \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d #\\d+`));
    await mark.evaluate((element, how) => {
      if (how === 'remove') element.remove();
      if (how === 'style') (element as HTMLElement).style.visibility = 'hidden';
      if (how === 'rule') {
        const sheet = new CSSStyleSheet();
        sheet.insertRule('.watermark { display: none }');
        document.adoptedStyleSheets = [sheet];
      }
    }, spoil);
    await expect(dialog.locator('.over')).toHaveText(words.over, { timeout: 3000 });
    expect(await everything(page)).not.toContain(sought.name);
    await page.keyboard.press('Escape');
    await ask(page, words, more.name);
    await dialog.getByRole('button', { name: words.revealSubmit }).click();
  }
});

test('v4 the value is nowhere in the browser’s profile, and a browser that keeps pages keeps it not either', async ({ complaints }) => {
  expect(complaints).toEqual([]);
  const who = person('op1128');
  const folder = mkdtempSync(join(tmpdir(), 'grille-profile-'));
  const context = await chromium.launchPersistentContext(folder, {
    baseURL: demo().url,
    locale: 'zh-CN',
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  await toCard(page, who, sought, words, '客户投诉定期到期未转存');
  await show(page, who, words, words.mobile, sought.mobile);
  await expectThere(page);
  await page.goBack();
  await expectNowhere(page);
  await page.goForward();
  await expect(page.getByRole('heading', { level: 1, name: words.card, exact: true })).toBeVisible();
  await expectNowhere(page);
  await context.close();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(file => file.isFile());
  const holds = (text: string) =>
    files.filter(file => {
      const bytes = readFileSync(join(file.parentPath, file.name));
      return bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le'));
    });
  // it does keep where one was, so looking there finds something
  expect(holds('/customers').length).toBeGreaterThan(0);
  expect(holds(sought.mobile).map(file => file.name)).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});
