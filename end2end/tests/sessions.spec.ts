import { expect, Person, person, test, type Staff } from '../fixtures';
import { look } from '../look';
import { signIn, WORDS } from '../pages';
import { begin } from '../server';

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
  for (const address of ['/admin/sessions', '/me']) {
    await page.goto(address);
    await look(page);
  }
  await page.goto('/admin/sessions');
  await row.getByRole('button').click();
  await expect(row).toHaveCount(0);
  await teller.goto('/');
  await expect(teller).toHaveURL(/sign-in/);
  await expect(teller.getByRole('status')).toContainText('管理员结束了您的登录');
  await other.close();
});

test('u5 whoever sits there is asked before the session ends unused, and when it has the page goes', async ({ browser }) => {
  test.setTimeout(240_000);
  // thirty-two seconds without a request, and eight of them are told: a slow machine has time to press
  const bank = await begin(2, { GRILLE_SESSION__IDLE: '32' });
  const { url, staff } = JSON.parse(bank.said) as { url: string; staff: Staff[] };
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB' });
  const page = await context.newPage();
  await signIn(page, new Person(staff.find(one => one.staff_no === 'op1101')!), WORDS.en);
  // with a fragment, as after the link to the main part: going to the same address would go nowhere
  await page.goto('/me#main');
  const notice = page.getByRole('dialog', { name: 'Are you still there?' });
  await expect(notice).toBeHidden();
  await expect(notice).toBeVisible({ timeout: 45_000 });
  await expect(notice.getByText('Without a sign of life')).toBeVisible();
  await expect(notice.getByText('A session ends after its longest time')).toBeHidden();
  await notice.getByRole('button', { name: 'Stay signed in' }).click();
  await expect(notice).toBeHidden();

  // another page of the same session keeps both
  await page.waitForTimeout(18_000);
  const other = await context.newPage();
  await other.goto('/');
  await other.close();
  await page.waitForTimeout(9_000);
  await expect(notice).toBeHidden();

  await expect(notice).toBeVisible({ timeout: 45_000 });
  await expect(page).toHaveURL(/sign-in\?next=\/me/, { timeout: 45_000 });
  await expect(page.getByRole('status')).toContainText('without activity');
  await context.close();
  await bank.stop();
});
