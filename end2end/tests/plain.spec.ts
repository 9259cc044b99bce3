import { expect, guest, person, test } from '../fixtures';
import { acknowledge, fillSearch, findGuest, signIn, WORDS } from '../pages';

const words = WORDS.zh;

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('signing in, searching and the card work, and the card says what does not', async ({ page }) => {
    const sought = guest();
    await signIn(page, person('op1106'), words);
    await findGuest(page, sought, words, '客户投诉账单地址有误');
    await expect(page.getByText(words.noscript)).toBeVisible();
    await expect(page.getByRole('button', { name: words.reveal(words.mobile) })).toHaveCount(0);
    expect(await page.content()).not.toContain(sought.mobile);
  });

  test('a refused form says why, above the heading, and keeps what was typed', async ({ page }) => {
    const sought = guest();
    await signIn(page, person('op1107'), words);
    await fillSearch(page, sought, words, '客户投诉利息计算有误');
    await page.getByLabel(words.ticket, { exact: true }).fill('not a ticket');
    await page.getByRole('button', { name: words.openAndSearch }).click();
    const summary = page.getByRole('alert');
    await expect(summary).toContainText(words.problems);
    await expect(page.getByLabel(words.ticket, { exact: true })).toHaveValue('not a ticket');
    await expect(page.getByLabel(words.note, { exact: true })).toHaveValue('客户投诉利息计算有误');
    await expect(page.getByLabel(words.ticket, { exact: true })).toHaveAttribute('aria-invalid', 'true');
    await expect(summary.getByRole('link').first()).toHaveAttribute('href', '#field-ticket');
  });
});

test('u2 whatever is wrong at sign-in, the answer is one sentence', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel(words.staffNo, { exact: true }).fill('op9999');
  await page.getByLabel(words.password, { exact: true }).fill('no such password');
  await page.getByRole('button', { name: words.next }).click();
  await page.getByLabel(words.code, { exact: true }).fill('123456');
  await page.getByRole('button', { name: words.signIn }).click();
  await expect(page.getByRole('alert')).toContainText('登录失败');
  await expect(page.getByRole('alert')).toBeFocused();
});

test('other roles have a home, and no way to a customer', async ({ page }) => {
  const who = person('ap2001');
  await page.goto('/sign-in');
  await page.getByLabel(words.staffNo, { exact: true }).fill(who.staff.staff_no);
  await page.getByLabel(words.password, { exact: true }).fill(who.staff.password);
  await page.getByRole('button', { name: words.next }).click();
  await page.getByLabel(words.code, { exact: true }).fill(await who.authenticator.next());
  await page.getByRole('button', { name: words.signIn }).click();
  await acknowledge(page);
  await expect(page.getByRole('heading', { level: 1, name: '复核' })).toBeVisible();
  await expect(page.getByRole('link', { name: words.search })).toHaveCount(0);
  const refused = await page.goto('/customers');
  expect(refused?.status()).toBe(403);
  await expect(page.getByText('您的岗位无此权限')).toBeVisible();
});

test('no page is wider than a teller screen', async ({ page }) => {
  await page.goto('/sign-in');
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  expect(await width()).toBeLessThanOrEqual(1280);
  await signIn(page, person('op1108'), words);
  expect(await width()).toBeLessThanOrEqual(1280);
  await findGuest(page, guest(), words, '客户投诉网点服务态度');
  expect(await width()).toBeLessThanOrEqual(1280);
});
