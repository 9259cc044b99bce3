import AxeBuilder from '@axe-core/playwright';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, Person, test, type Staff } from '../fixtures';
import { acknowledge, WORDS } from '../pages';
import { provide, type IdentityProvider } from '../provider';
import { begin, freePort, type Running } from '../server';

const SECRET = 'between+the=two/of:us';
const LINK = { zh: '通过Bank ID登录', en: 'Sign in with Bank ID' };

// one provider and one bank for all of them; with the last the provider falls silent
test.describe.configure({ mode: 'serial' });

let bank: Running;
let provider: IdentityProvider;
let folder: string;
let demo: { url: string; staff: Staff[] };

const someone = (staffNo: string) => new Person(demo.staff.find(one => one.staff_no === staffNo)!);

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'grille-sso-'));
  const secret = join(folder, 'secret');
  writeFileSync(secret, `${SECRET}\n`);
  chmodSync(secret, 0o600);
  const [port, own] = [await freePort(), await freePort()];
  provider = await provide(port, `http://localhost:${own}`, SECRET);
  const settings = {
    GRILLE_SSO__ISSUER: provider.issuer,
    GRILLE_SSO__CLIENT_ID: 'grille',
    GRILLE_SSO__CLIENT_SECRET_FILE: secret,
    GRILLE_SSO__NAME: 'Bank ID',
  };
  bank = await begin(6, settings, own);
  demo = JSON.parse(bank.said) as typeof demo;
});

test.afterAll(async () => {
  await bank.stop();
  await provider.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** At the provider, once it asks who one is. */
async function logIn(page: Page, account: string): Promise<void> {
  await expect(page).toHaveURL(new RegExp(`^${provider.issuer}/login/`));
  await page.getByLabel('Account').fill(account);
  await page.getByRole('button', { name: 'Log in' }).click();
}

async function giveCode(page: Page, code: string, words: (typeof WORDS)['zh']): Promise<void> {
  await page.getByLabel(words.code, { exact: true }).fill(code);
  await page.getByRole('button', { name: words.signIn, exact: true }).click();
}

for (const [language, locale, javaScriptEnabled, staffNo] of [
  ['zh', 'zh-CN', true, 'op1101'],
  ['en', 'en-GB', false, 'op1102'],
] as const) {
  test.describe(`in ${language}, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, () => {
    test.use({ locale, javaScriptEnabled });

    test(`u9 one signs in by the bank's provider, then by a code, and is where one was (${language})`, async ({ page }) => {
      const [words, who] = [WORDS[language], someone(staffNo)];
      await page.goto(`${demo.url}/me`);
      await expect(page).toHaveURL(/sign-in\?next=/);
      await page.getByRole('link', { name: LINK[language] }).click();
      await logIn(page, staffNo);
      // the address with the provider's code in it is gone, in the history too
      await expect(page).toHaveURL(`${demo.url}/sign-in/verify?next=/me`);
      await giveCode(page, await who.authenticator.next(), words);
      await acknowledge(page);
      await expect(page).toHaveURL(`${demo.url}/me`);
      await expect(page.getByText(staffNo).first()).toBeVisible();
    });
  });
}

test('u9 a wrong code after the provider is one refusal, and the next time the provider asks nothing', async ({ page }) => {
  const [words, who] = [WORDS.zh, someone('op1103')];
  await page.goto(`${demo.url}/sign-in`);
  await page.getByRole('link', { name: LINK.zh }).click();
  await logIn(page, 'op1103');
  await giveCode(page, who.authenticator.wrong(), words);
  await expect(page.getByRole('alert')).toContainText('登录失败');
  await page.getByRole('link', { name: '换一个工号重新开始' }).click();
  await page.getByRole('link', { name: LINK.zh }).click();
  await expect(page).toHaveURL(/sign-in\/verify$/);
  await giveCode(page, await who.authenticator.next(), words);
  await acknowledge(page);
  await expect(page.getByRole('heading', { level: 1, name: words.mine })).toBeVisible();
});

test('u9 whom the provider knows and Grille does not is refused like anyone, and told whom to ask', async ({ page }) => {
  await page.goto(`${demo.url}/sign-in`);
  await page.getByRole('link', { name: LINK.zh }).click();
  await logIn(page, 'op9999');
  await expect(page.getByRole('alert')).toContainText('登录失败');
  await expect(page.getByText('您在那里的账号须带有您的工号')).toBeVisible();
});

test('u9 the sign-in page with two ways is whole for everyone', async ({ page }) => {
  await page.goto(`${demo.url}/sign-in`);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(one => one.id)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280);
  await page.keyboard.press('Tab');
  for (let n = 0; n < 6 && !(await page.getByRole('link', { name: LINK.zh }).evaluate(link => link === document.activeElement)); n++)
    await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: LINK.zh })).toBeFocused();
});

test('u9 a provider that falls silent is told of, and a password still opens', async ({ page, complaints }) => {
  const words = WORDS.zh;
  await page.goto(`${demo.url}/sign-in`);
  await page.getByRole('link', { name: LINK.zh }).click();
  provider.fallSilent();
  await logIn(page, 'op1104');
  await expect(page.getByRole('alert')).toContainText('统一身份认证暂时没有响应');
  // of the 503 that this is
  expect(complaints.splice(0).filter(words => !words.includes('503'))).toEqual([]);
  const who = someone('op1104');
  await page.getByLabel(words.staffNo, { exact: true }).fill(who.staff.staff_no);
  await page.getByLabel(words.password, { exact: true }).fill(who.staff.password);
  await page.getByRole('button', { name: words.next }).click();
  await giveCode(page, await who.authenticator.next(), words);
  await acknowledge(page);
  await expect(page.getByRole('heading', { level: 1, name: words.mine })).toBeVisible();
});
