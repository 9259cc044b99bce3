import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { Decrypter } from 'age-encryption';
import { demo, expect, Person, person, test, type Staff } from '../fixtures';
import { look } from '../look';
import { signIn, WORDS } from '../pages';
import { enrol, PASSKEY, plugIn } from '../passkey';
import { begin } from '../server';
import { filled, locale } from '../words';

const root = resolve(import.meta.dirname, '../..');
const WINDOW = { from: '2016-01-01', to: '2016-03-31' };
const WHY = '按监管要求报送季度开户情况';

/** The identity that the demonstration's document tells everybody. */
function identity(): string {
  const told = /^AGE-SECRET-KEY-1[0-9A-Z]+$/m.exec(readFileSync(join(root, 'docs/demo.md'), 'utf8'));
  if (!told) throw new Error('docs/demo.md tells no identity');
  return told[0];
}

/** Lines of comma-separated values, quoted or not, none of which holds a line break, a comma or a quote here. */
function table(text: string): Record<string, string>[] {
  const bare = (cell: string) => cell.replace(/^"(.*)"$/, '$1');
  const split = text.replace(/^\ufeff/, '').trim().split(/\r?\n/).map(line => line.split(',').map(bare));
  const [head, ...lines] = split;
  return lines.map(cells => Object.fromEntries(head!.map((name, at) => [name, cells[at] ?? ''])));
}

/** The synthetic customers that every demonstration is seeded with. */
function imported(): Record<string, string>[] {
  const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
  const program = process.env.GRILLE ?? join(target, 'debug', 'grille');
  const csv = execFileSync(program, ['sample-customers', '--count', '2000', '--seed', '1'], { maxBuffer: 1 << 26 });
  return table(csv.toString());
}

async function desk(browser: Browser, who: Person, url: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale: 'zh-CN' });
  const page = await context.newPage();
  await signIn(page, who, WORDS.zh, null);
  return page;
}

/** The whole form: a window, a mask, a token, values in clear. */
async function draw(page: Page, words: Record<string, string>): Promise<void> {
  await page.goto('/exports/new');
  await page.locator('#field-from').fill(WINDOW.from);
  await page.locator('#field-to').fill(WINDOW.to);
  for (const [field, form] of [
    ['customer_no', 'plain'],
    ['name', 'mask'],
    ['account_no', 'plain'],
    ['card_no', 'token'],
    ['opened_on', 'plain'],
  ] as const) {
    await page.locator(`#field-form_${field}`).selectOption(form);
    await page.locator(`#field-why_${field}`).fill(WHY);
  }
  const recipient = await page.locator('#field-recipient option', { hasText: 'Demo Regulator' }).getAttribute('value');
  await page.locator('#field-recipient').selectOption(recipient);
  await page.locator('#field-purpose').selectOption({ index: 1 });
  await page.locator('#field-basis').selectOption('legal_duty');
  await page.locator('#field-format').selectOption('csv');
  await page.locator('#field-intended_use').fill('编制监管季度统计报表');
  await page.locator('#field-retention_days').fill('90');
  await page.getByRole('button', { name: words.draw!, exact: true }).click();
}

test('e1–e6 a request is decided by two, made, fetched once, and opens for its recipient', async ({ browser }) => {
  test.setTimeout(240_000);
  const bank = await begin(2, {});
  const { url, staff } = JSON.parse(bank.said) as { url: string; staff: Staff[] };
  const known = (no: string) => new Person(staff.find(one => one.staff_no === no)!);
  const words = locale('zh').exports!;
  const [operator, byCode, byKey] = [known('op1101'), known('ap2001'), known('ap2002')];

  const asks = await desk(browser, operator, url);
  await plugIn(asks);
  await enrol(asks, PASSKEY.zh, 'desk', () => operator.authenticator.next());
  await asks.goto('/exports');
  await look(asks);
  await asks.goto('/exports/new');
  await look(asks);

  // nothing chosen: every fault is told, and what was typed stays
  await asks.locator('#field-intended_use').fill('编制监管季度统计报表');
  await asks.getByRole('button', { name: words.draw!, exact: true }).click();
  await expect(asks.getByRole('alert')).toContainText(words.fields!);
  await expect(asks.locator('#field-intended_use')).toHaveValue('编制监管季度统计报表');
  await look(asks);

  await draw(asks, words);
  await expect(asks).toHaveURL(/\/exports\/[0-9a-f-]{36}$/);
  const address = new URL(asks.url()).pathname;
  const digest = await asks.locator('.digest .big').innerText();
  await look(asks);
  await asks.locator('#field-code').fill(await operator.authenticator.next());
  await asks.getByRole('button', { name: words.submit!, exact: true }).click();
  await expect(asks.locator('#field-code')).toHaveCount(0);
  await look(asks);

  // the first approver: reject is chosen before anything is; a code
  const first = await desk(browser, byCode, url);
  await first.goto('/approvals');
  await look(first);
  await first.locator(`a[href="${address}"]`).click();
  await expect(first.locator('.digest .big')).toHaveText(digest);
  await expect(first.locator('input[value="reject"]')).toBeChecked();
  await look(first);
  await first.locator('input[value="approve"]').check();
  await first.locator('#field-code').fill(await byCode.authenticator.next());
  await first.getByRole('button', { name: words.cast!, exact: true }).click();
  await expect(first).toHaveURL(/\/approvals$/);
  await first.goto(address);
  await expect(first.locator('section[aria-labelledby="may-not"]')).toContainText(locale('zh').code!.already_voted!);

  // the second: a passkey
  const second = await desk(browser, byKey, url);
  await plugIn(second);
  await enrol(second, PASSKEY.zh, 'desk', () => byKey.authenticator.next());
  await second.goto(address);
  await second.locator('input[value="approve"]').check();
  await second.getByRole('button', { name: words.cast_passkey!, exact: true }).click();
  await expect(second.locator('input[value="approve"]')).toHaveCount(0);
  await look(second);

  // made as a job, and the page moves on by itself
  await asks.goto(address);
  await asks.getByRole('button', { name: words.generate_passkey!, exact: true }).click();
  await expect(asks.getByRole('button', { name: words.download_passkey!, exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(asks.locator('#field-code')).toHaveCount(0);
  await look(asks);

  // by the other kind of factor, once
  const coming = asks.waitForEvent('download');
  await asks.getByRole('button', { name: words.download_passkey!, exact: true }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/\.age$/);
  const sealed = readFileSync(await download.path());
  await asks.goto(address);
  await expect(asks.getByRole('button', { name: words.download_passkey!, exact: true })).toHaveCount(0);
  await look(asks);
  const again = await asks.request.post('/api/exports/download', {
    form: { export_id: address.split('/').pop()! },
    headers: { origin: url },
  });
  expect([again.status(), ((await again.json()) as { code: string }).code]).toEqual([409, 'file_gone']);

  // opened by another implementation of age than the one that sealed it
  const opener = new Decrypter();
  opener.addIdentity(identity());
  const rows = table(await opener.decrypt(sealed, 'text'));
  const opened = imported().filter(one => one.branch === '0101' && one.opened_on! >= WINDOW.from && one.opened_on! <= WINDOW.to);
  expect(opened.length).toBeGreaterThan(5);
  for (const one of opened) {
    const row = rows.find(row => row.customer_no === one.customer_no);
    expect(row, one.customer_no).toBeDefined();
    expect(row!.opened_on).toBe(one.opened_on);
    const accounts = [one.account_no, one.account_no_2, one.account_no_3].filter(Boolean).join('; ');
    expect(row!.account_no!.replace(/^'/, '')).toBe(accounts);
    expect(row!.name).not.toBe(one.name);
    expect(row!.name).toContain('*');
    for (const card of [one.card_no, one.card_no_2, one.card_no_3].filter(Boolean)) {
      expect(row!.card_no, 'a card leaves as a token').not.toContain(card!);
    }
  }

  const supervises = await desk(browser, known('su3001'), url);
  await supervises.goto('/supervise/exports');
  await expect(supervises.getByText(digest)).toBeVisible();
  await look(supervises);
  await bank.stop();
});

for (const language of ['zh', 'en'] as const) {
  test(`e2 without JavaScript the same pages ask, show and take back (${language})`, async ({ browser }) => {
    test.setTimeout(180_000);
    const words = locale(language).exports!;
    const states = locale(language).export_word!;
    const [operator, url] = [person(language === 'zh' ? 'op1153' : 'op1154'), demo().url];
    const context = await browser.newContext({
      baseURL: url,
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
      javaScriptEnabled: false,
    });
    const page = await context.newPage();
    await signIn(page, operator, WORDS[language], null);
    for (const address of ['/exports', '/exports/new', '/recipients', '/recipients/new']) {
      await page.goto(address);
      await look(page, false);
    }
    await draw(page, words);
    await expect(page.locator('.digest .big')).toBeVisible();
    await look(page, false);
    await page.locator('#field-code').fill('12345');
    await page.getByRole('button', { name: words.submit!, exact: true }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await page.locator('#field-code').fill(await operator.authenticator.next());
    await page.getByRole('button', { name: words.submit!, exact: true }).click();
    await expect(page.locator('.section-head .chip')).toHaveText(states.submitted!);
    await look(page, false);
    await page.locator('details.withdraw summary').click();
    await page.locator('details.withdraw button').click();
    await expect(page.locator('.section-head .chip')).toHaveText(states.withdrawn!);
    await expect(page.getByText(filled(words.thresholds!, { needed: '2', unit: '0101', votes: '0' }))).toBeVisible();
    await context.close();
  });
}
