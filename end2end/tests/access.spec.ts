import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, guest, person, test } from '../fixtures';
import { fillSearch, findGuest, revealButton, signIn, WORDS } from '../pages';

/** WCAG 2.2 AA, as far as a program can tell. */
async function expectNoFindings(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

for (const [language, locale, staffNo] of [
  ['zh', 'zh-CN', 'op1109'],
  ['en', 'en-GB', 'op1110'],
] as const) {
  test.describe(`in ${language}`, () => {
    test.use({ locale });

    test('axe finds nothing on any page of the main journey', async ({ page }) => {
      const words = WORDS[language];
      const sought = guest();
      await page.goto('/sign-in');
      await expectNoFindings(page);
      await signIn(page, person(staffNo), words);
      await expectNoFindings(page);
      const note = language === 'zh' ? '客户投诉网银转账延迟到账' : 'Transfer arrived three days late';
      await fillSearch(page, sought, words, note);
      await page.getByLabel(words.ticket, { exact: true }).fill('');
      await page.getByRole('button', { name: words.openAndSearch }).click();
      await expect(page.getByRole('alert')).toBeFocused();
      await expectNoFindings(page);
      await findGuest(page, sought, words, note);
      await expectNoFindings(page);
      await revealButton(page, words, words.mobile).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectNoFindings(page);
    });
  });
}

test('the whole way to the dialog goes by keyboard', async ({ page }) => {
  const words = WORDS.zh;
  await signIn(page, person('op1111'), words);
  await findGuest(page, guest(), words, '客户投诉存折补登失败');
  await revealButton(page, words, words.mobile).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('事由')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(revealButton(page, words, words.mobile)).toBeFocused();
});
