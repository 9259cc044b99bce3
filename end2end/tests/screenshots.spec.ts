import { join, resolve } from 'node:path';
import { expect, guest, person, test } from '../fixtures';
import { fillSearch, findGuest, revealButton, signIn, WORDS } from '../pages';

// `make screenshots` only: these write into the repository.
const images = resolve(import.meta.dirname, '../../docs/images');

for (const [language, locale, staffNo] of [
  ['zh', 'zh-CN', 'op1101'],
  ['en', 'en-GB', 'op1102'],
] as const) {
  test.describe(`@screenshots in ${language}`, () => {
    test.use({ locale });

    test('the pages of the main journey', async ({ page }) => {
      const words = WORDS[language];
      const who = person(staffNo);
      const sought = guest();
      const keep = (name: string) => page.screenshot({ path: join(images, `${name}.${language}.png`) });
      await page.goto('/sign-in');
      await keep('sign-in');
      await signIn(page, who, words);
      await fillSearch(page, sought, words, language === 'zh' ? '客户投诉短信未收到' : 'A message did not arrive');
      await keep('search');
      await findGuest(page, sought, words, language === 'zh' ? '客户来电询问账单' : 'The customer asks about a bill');
      await page.goto('/');
      await keep('home');
      await page.getByRole('row').nth(1).getByRole('link').click();
      await expect(revealButton(page, words, words.mobile)).toBeVisible();
      await keep('card');
      await page.getByRole('button', { name: words.why(words.mobile) }).click();
      await expect(page.getByRole('button', { name: words.askToReveal })).toBeVisible();
      await page.waitForFunction(() => document.getAnimations().length === 0);
      await keep('why');
      await page.getByRole('button', { name: words.askToReveal }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: words.revealSubmit }).click();
      await dialog.getByLabel(words.stepUpCode).fill(await who.authenticator.next());
      await dialog.getByRole('button', { name: words.confirm }).click();
      await expect(dialog.getByText(sought.mobile)).toBeVisible();
      await keep('reveal');
    });
  });
}
