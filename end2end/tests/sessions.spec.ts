import AxeBuilder from '@axe-core/playwright';
import { expect, person, test } from '../fixtures';
import { signIn, WORDS } from '../pages';

const LANGUAGES = [
  ['zh', 'zh-CN', 'op1165', '您已于', '登录记录'],
  ['en', 'en-GB', 'op1166', 'You signed in elsewhere at', 'My sessions'],
] as const;

for (const [language, locale, staffNo, elsewhere, mine] of LANGUAGES) {
  test.describe(`in ${language}, without JavaScript`, () => {
    test.use({ locale, javaScriptEnabled: false });

    test(`u5 signing in elsewhere ends this session, and the page says so (${language})`, async ({ page, browser }) => {
      const [words, who] = [WORDS[language], person(staffNo)];
      await signIn(page, who, words);
      const other = await browser.newContext({ locale });
      const there = await other.newPage();
      await signIn(there, who, words);
      await page.goto('/customers');
      await expect(page).toHaveURL(/sign-in\?next/);
      await expect(page.getByRole('status')).toContainText(elsewhere);
      await there.goto('/me');
      const sessions = there.getByRole('table');
      await expect(sessions.getByRole('row')).toHaveCount(3);
      await expect(there.getByRole('heading', { name: mine })).toBeVisible();
      await sessions.getByRole('button').click();
      await expect(there).toHaveURL(/sign-in/);
      await other.close();
    });
  });
}

test('u5 an administrator sees who is signed in and ends a session', async ({ page, browser }) => {
  const words = WORDS.zh;
  const other = await browser.newContext({ locale: 'zh-CN' });
  const teller = await other.newPage();
  await signIn(teller, person('op1167'), words);
  await signIn(page, person('ad9001'), words, null);
  await page.getByRole('link', { name: '当前登录人员' }).click();
  const row = page.getByRole('row').filter({ hasText: 'op1167' });
  await expect(row).toHaveCount(1);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280);
  for (const address of ['/admin/sessions', '/me']) {
    await page.goto(address);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`)).toEqual([]);
  }
  await page.goto('/admin/sessions');
  await row.getByRole('button').click();
  await expect(row).toHaveCount(0);
  await teller.goto('/');
  await expect(teller).toHaveURL(/sign-in/);
  await expect(teller.getByRole('status')).toContainText('管理员结束了您的登录');
  await other.close();
});
