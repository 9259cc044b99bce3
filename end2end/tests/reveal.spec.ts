import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { answer, ask, DIALOG, everything, posted, show, toCard } from '../dialog';
import { expect, guest, person, test } from '../fixtures';
import { findGuest, revealButton, signIn, WORDS } from '../pages';
import { REVEAL_SECONDS } from '../server';

const words = WORDS.zh;
const more = DIALOG.zh;
const sought = guest();
/** The same guest in a case of another purpose. */
const under = (purpose: string) => ({ ...sought, purpose, ticket: 'CO-2026-000103' });

// a code works once, and the third of a minute has to be waited for
test.describe.configure({ timeout: 120_000 });

test('v2 a wrong and a used code keep reason and note, and the right one still shows the value', async ({ page }) => {
  const who = person('op1103');
  await toCard(page, who, under('judicial'), words, '法院来函要求协助核实联系方式');
  const dialog = await ask(page, words, words.mobile);
  await dialog.getByLabel(more.note).fill('已核验介绍信与两名经办人证件');
  await dialog.getByRole('button', { name: words.revealSubmit }).click();
  await dialog.getByLabel(words.stepUpCode).fill(who.authenticator.wrong());
  await dialog.getByRole('button', { name: words.confirm }).click();
  await expect(dialog.getByRole('alert')).toContainText(words.codeWrong);
  await dialog.getByLabel(words.stepUpCode).fill(who.authenticator.used());
  await dialog.getByRole('button', { name: words.confirm }).click();
  await expect(dialog.getByRole('alert')).toContainText(more.codeUsed);
  await expect(dialog.getByText(more.wait)).toBeVisible();
  await answer(dialog, who, words);
  await expect(dialog.getByText(sought.mobile)).toBeVisible();
});

test('v2 the note is asked for where the reason asks for one, and nowhere else', async ({ page }) => {
  await toCard(page, person('op1131'), under('complaint'), words, '客户投诉转账限额被调低');
  const dialog = await ask(page, words, words.mobile);
  await expect(dialog.getByLabel(more.reason)).toHaveValue('COMPLAINT');
  await expect(dialog.getByLabel(more.note)).toHaveCount(0);
});

test('v4 blur covers the value, return shows it, and what would take it along is blocked and reported', async ({ page }) => {
  const who = person('op1104');
  await toCard(page, who, sought, words, '客户投诉柜台排队时间过长');
  const attempts = posted(page, '/api/reveals/attempt');
  const dialog = await show(page, who, words, words.mobile, sought.mobile);
  const allowed = await page.evaluate(() => {
    const shown = document.querySelector('output')!;
    return ['copy', 'cut', 'contextmenu', 'selectstart', 'dragstart'].map(name =>
      shown.dispatchEvent(new Event(name, { bubbles: true, cancelable: true })),
    );
  });
  expect(allowed).toEqual([false, false, false, false, false]);
  await expect(dialog.getByText(more.blocked)).toBeVisible();
  await page.keyboard.press('Control+p');
  await expect(dialog.locator('output')).toContainText(sought.mobile);
  await page.keyboard.press('PrintScreen');
  await expect(dialog.getByText(more.covered)).toBeVisible();
  expect(await everything(page)).not.toContain(sought.mobile);
  for (let held = 0; held < 5; held++) await page.keyboard.press('Control+a');
  const kinds = ['copy', 'cut', 'context_menu', 'select', 'drag', 'print', 'screenshot_key', 'select', 'select'];
  await expect.poll(() => attempts.map(form => form.get('attempt'))).toEqual(kinds);
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  await expect(dialog.locator('.over')).toHaveText(words.over);
  await expect.poll(() => attempts.length).toBe(kinds.length + 1);
  expect(new Set(attempts.map(form => form.get('event'))).size).toBe(1);
});

test('v4 Escape closes the dialog and forgets the value', async ({ page }) => {
  const who = person('op1105');
  await toCard(page, who, sought, words, '客户投诉手续费收取有误');
  const dialog = await show(page, who, words, words.mobile, sought.mobile);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  expect(await everything(page)).not.toContain(sought.mobile);
  await expect(revealButton(page, words, words.mobile)).toBeFocused();
});

test('v4 as long again once, and v9 one key says that it was needed', async ({ page }) => {
  const who = person('op1132');
  await toCard(page, who, sought, words, '客户投诉卡片寄送延误');
  const [extended, rated] = [posted(page, '/api/reveals/more'), posted(page, '/api/reveals/needed')];
  const dialog = await show(page, who, words, words.mobile, sought.mobile);
  await dialog.getByRole('button', { name: more.more }).click();
  const done = dialog.getByRole('button', { name: more.moreDone });
  await expect(done).toHaveAttribute('aria-disabled', 'true');
  await expect(done).toBeFocused();
  await done.click({ force: true });
  await page.waitForTimeout(REVEAL_SECONDS * 1000);
  await expect(dialog.locator('output')).toContainText(sought.mobile);
  await expect(dialog.locator('.over')).toBeVisible({ timeout: (REVEAL_SECONDS + 2) * 1000 });
  expect(extended.length).toBe(1);
  expect(await everything(page)).not.toContain(sought.mobile);
  await page.keyboard.press('y');
  await expect(dialog).toHaveCount(0);
  expect(rated.map(form => form.get('needed'))).toEqual(['yes']);
  await expect(revealButton(page, words, words.mobile)).toBeFocused();
});

test('v4 one copy where the catalogue lets it, after the record, and none where it does not', async ({ page }) => {
  const who = person('op1133');
  await toCard(page, who, sought, words, '客户投诉回访号码登记有误');
  const copies = posted(page, '/api/reveals/copy');
  const dialog = await show(page, who, words, words.mobile, sought.mobile);
  await dialog.getByRole('button', { name: more.copy }).click();
  await expect(dialog.getByText(more.copied)).toBeVisible();
  await dialog.getByRole('button', { name: more.copyDone }).click({ force: true });
  expect(copies.length).toBe(1);
  await page.keyboard.press('Escape');
  await page.goto('/customers');
  const box = page.getByLabel(words.ticket, { exact: true });
  await box.focus();
  await page.keyboard.press('Control+v');
  expect((await box.inputValue()).replace(/\D/g, '')).toContain(sought.mobile);

  await page.goBack();
  const other = await show(page, who, words, '身份证号', sought.id_no);
  await expect(other.getByRole('button', { name: more.hide })).toBeVisible();
  await expect(other.getByRole('button', { name: more.copy })).toHaveCount(0);
});

test('u5 a session that ended under the dialog is renewed in another tab, and the dialog goes on', async ({ page, context }) => {
  const who = person('op1134');
  await toCard(page, who, under('judicial'), words, '公安来函要求协助查明户名');
  const dialog = await ask(page, words, words.mobile);
  await dialog.getByLabel(more.note).fill('文书编号与查询对象一致无误');
  await dialog.getByRole('button', { name: words.revealSubmit }).click();
  const code = dialog.getByLabel(words.stepUpCode);
  await expect(code).toBeVisible();
  const elsewhere = await context.newPage();
  await elsewhere.goto('/');
  await elsewhere.getByRole('button', { name: '退出' }).click();
  await expect(elsewhere.getByLabel(words.staffNo, { exact: true })).toBeVisible();
  await elsewhere.close();

  await answer(dialog, who, words);
  await expect(dialog.getByRole('alert')).toContainText(more.signedOut);
  await expect(dialog.getByLabel(more.note)).toHaveValue('文书编号与查询对象一致无误');
  await dialog.getByRole('button', { name: words.revealSubmit }).click();
  await expect(dialog.getByRole('alert')).toContainText(more.signedOut);
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    dialog.getByRole('link', { name: more.signIn }).click(),
  ]);
  await signIn(tab, who, words);
  await tab.close();
  await dialog.getByRole('button', { name: words.revealSubmit }).click();
  await answer(dialog, who, words);
  await expect(dialog.locator('output')).toContainText(sought.mobile);
});

test('u5 two tabs of one session: a step-up in one leaves the other its value', async ({ page, context }) => {
  const who = person('op1135');
  await toCard(page, who, sought, words, '客户投诉存单挂失未办结');
  const other = await context.newPage();
  await other.goto(page.url());
  const otherDialog = await ask(other, words, '身份证号');
  await otherDialog.getByRole('button', { name: words.revealSubmit }).click();
  await expect(otherDialog.getByLabel(words.stepUpCode)).toBeVisible();
  const dialog = await show(page, who, words, words.mobile, sought.mobile);
  await dialog.getByRole('button', { name: more.more }).click();
  await expect(dialog.getByRole('button', { name: more.moreDone })).toBeVisible();
  await answer(otherDialog, who, words);
  await expect(otherDialog.locator('output')).toContainText(sought.id_no);
});

test('v2 whatever is pressed twice is asked once', async ({ page }) => {
  const who = person('op1136');
  await toCard(page, who, sought, words, '客户投诉利息计算有出入');
  const [asked, answered] = [posted(page, '/api/customers/reveal'), posted(page, '/api/step_up/totp')];
  const dialog = await ask(page, words, words.mobile);
  await dialog.getByRole('button', { name: words.revealSubmit }).dblclick();
  await expect(dialog.getByLabel(words.stepUpCode)).toBeVisible();
  expect(asked.length).toBe(1);
  await dialog.getByLabel(words.stepUpCode).fill(await who.authenticator.next());
  await page.evaluate(() => {
    const form = document.querySelector<HTMLFormElement>('dialog form')!;
    for (let press = 0; press < 3; press++) form.requestSubmit();
  });
  await expect(dialog.locator('output')).toContainText(sought.mobile);
  expect([asked.length, answered.length]).toEqual([2, 1]);
});

test('v4 a desktop clock an hour off changes neither the time nor the watermark', async ({ page }) => {
  const who = person('op1137');
  await page.addInitScript(() => {
    const Real = Date;
    const late = () => Real.now() + 3_600_000;
    globalThis.Date = new Proxy(Real, {
      construct: (target, given) => (given.length ? Reflect.construct(target, given) : new target(late())),
      get: (target, name) => (name === 'now' ? late : Reflect.get(target, name)),
    });
  });
  await toCard(page, who, sought, words, '客户投诉电子回执缺章');
  const dialog = await show(page, who, words, words.mobile, sought.mobile);
  const begun = Date.now();
  const mark = await dialog.locator('.watermark span').first().textContent();
  const at = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) #/.exec(mark ?? '');
  const told = Date.parse(`${at?.[1]}T${at?.[2]}+08:00`);
  expect(Math.abs(told - Date.now())).toBeLessThan(60_000);
  await expect(dialog.locator('.over')).toBeVisible({ timeout: (REVEAL_SECONDS + 2) * 1000 });
  expect(Date.now() - begun).toBeGreaterThan((REVEAL_SECONDS - 3) * 1000);
});

test('v3 no network, a busy server and a second person: said plainly, and nothing typed is lost', async ({ page, complaints }) => {
  const who = person('op1138');
  await toCard(page, who, under('fraud'), words, '疑似盗刷需联系持卡人');
  const dialog = await ask(page, words, words.mobile);
  const submit = dialog.getByRole('button', { name: words.revealSubmit });
  await page.route('**/api/customers/reveal', route => route.abort());
  await submit.click();
  await expect(dialog.getByRole('alert')).toContainText(more.unreachable);
  await page.unroute('**/api/customers/reveal');
  await page.route('**/api/customers/reveal', route =>
    route.fulfill({ status: 503, json: { code: 'busy', request_id: 'none' } }),
  );
  await submit.click();
  await expect(dialog.getByRole('alert')).toContainText(more.busy);
  await page.unroute('**/api/customers/reveal');
  await submit.click();
  await answer(dialog, who, words);
  await expect(dialog.locator('output')).toContainText(sought.mobile);
  await page.keyboard.press('Escape');

  const expiry = await ask(page, words, more.expiry);
  await expiry.getByLabel(more.note).fill('持卡人来电要求核对卡面信息');
  await expiry.getByRole('button', { name: words.revealSubmit }).click();
  await expect(expiry.getByRole('alert')).toContainText(more.secondPerson);
  await expect(expiry.getByLabel(more.note)).toHaveValue('持卡人来电要求核对卡面信息');
  // what the browser says of an answer that never came, or of a 503
  complaints.splice(0, complaints.length, ...complaints.filter(line => !/ERR_FAILED|status of 503/.test(line)));
});

/** WCAG 2.2 AA, as far as a program can tell. */
async function expectNoFindings(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

for (const [language, locale, staffNo] of [
  ['zh', 'zh-CN', 'op1139'],
  ['en', 'en-GB', 'op1140'],
] as const) {
  test.describe(`in ${language}`, () => {
    test.use({ locale });

    test('axe finds nothing in any stage of the dialog', async ({ page }) => {
      const [words, more] = [WORDS[language], DIALOG[language]];
      const who = person(staffNo);
      const note = language === 'zh' ? '客户投诉积分兑换失败' : 'Points were never credited, says the caller';
      await signIn(page, who, words);
      await findGuest(page, sought, words, note);
      const dialog = await ask(page, words, words.mobile);
      await expect(dialog.getByLabel(more.reason)).toBeFocused();
      await expectNoFindings(page);
      await dialog.getByRole('button', { name: words.revealSubmit }).click();
      await expect(dialog.getByLabel(words.stepUpCode)).toBeFocused();
      await expectNoFindings(page);
      await dialog.getByLabel(words.stepUpCode).fill(who.authenticator.wrong());
      await dialog.getByRole('button', { name: words.confirm }).click();
      await expect(dialog.getByRole('alert')).toContainText(words.codeWrong);
      await expectNoFindings(page);
      await answer(dialog, who, words);
      await expect(dialog.locator('output')).toContainText(sought.mobile);
      await dialog.getByRole('button', { name: more.more }).click();
      await expectNoFindings(page);
      await dialog.getByRole('button', { name: more.hide }).click();
      await expect(dialog.getByRole('button', { name: more.yes })).toBeVisible();
      await expectNoFindings(page);
    });
  });
}
