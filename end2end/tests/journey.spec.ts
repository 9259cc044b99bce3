import { expect, guest, person, test } from '../fixtures';
import { findGuest, revealButton, signIn, WORDS } from '../pages';
import { REVEAL_SECONDS } from '../server';

for (const [language, locale, staffNo] of [
  ['zh', 'zh-CN', 'op1101'],
  ['en', 'en-GB', 'op1102'],
] as const) {
  test.describe(`in ${language}`, () => {
    test.use({ locale });

    test('sign in, open a case, find one customer, reveal one value, and it is gone', async ({ page }) => {
      const words = WORDS[language];
      const who = person(staffNo);
      const sought = guest();
      await signIn(page, who, words);
      await findGuest(page, sought, words, 'The customer asks why a message did not arrive 未收到通知');
      await expect(page.locator('html')).toHaveAttribute('lang', language === 'zh' ? 'zh-CN' : 'en');
      const before = await page.content();
      for (const value of [sought.id_no, sought.mobile, sought.card_no]) expect(before).not.toContain(value);

      await revealButton(page, words, words.mobile).click();
      const dialog = page.getByRole('dialog');
      await expect(dialog).toBeVisible();
      await dialog.getByRole('button', { name: words.revealSubmit }).click();
      await dialog.getByLabel(words.stepUpCode).fill(await who.authenticator.next());
      await dialog.getByRole('button', { name: words.confirm }).click();

      const value = dialog.getByText(sought.mobile);
      await expect(value).toBeVisible();
      await expect(dialog.getByRole('timer')).toHaveText(words.left);
      await expect(value).toHaveCount(0, { timeout: (REVEAL_SECONDS + 2) * 1000 });
      await expect(dialog.getByRole('status')).toHaveText(words.over);
      expect(await page.content()).not.toContain(sought.mobile);
      await dialog.getByRole('button', { name: words.close }).click();
      await expect(dialog).toHaveCount(0);
      await expect(revealButton(page, words, words.mobile)).toBeFocused();
    });
  });
}

test('the language switch keeps the page', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: WORDS.zh.language }).click();
  await expect(page.getByRole('heading', { level: 1, name: WORDS.en.signIn })).toBeVisible();
  await page.getByRole('button', { name: WORDS.en.language }).click();
  await expect(page.getByRole('heading', { level: 1, name: WORDS.zh.signIn })).toBeVisible();
});
