import { expect, guest, person, test } from '../fixtures';
import { findGuest, revealButton, signIn, WORDS } from '../pages';

const words = WORDS.zh;

test('v2 a wrong code keeps reason and note, and the right one still shows the value', async ({ page }) => {
  const who = person('op1103');
  const sought = guest();
  await signIn(page, who, words);
  await findGuest(page, sought, words, '客户投诉短信未收到，需核对联系方式');
  await revealButton(page, words, words.mobile).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('补充说明').fill('已与客户电话核对两次');
  await dialog.getByRole('button', { name: words.revealSubmit }).click();
  await dialog.getByLabel(words.stepUpCode).fill(who.authenticator.wrong());
  await dialog.getByRole('button', { name: words.confirm }).click();
  await expect(dialog.getByRole('alert')).toContainText(words.codeWrong);
  await dialog.getByLabel(words.stepUpCode).fill(await who.authenticator.next());
  await dialog.getByRole('button', { name: words.confirm }).click();
  await expect(dialog.getByText(sought.mobile)).toBeVisible();
});

test('v4 blur covers the value, return shows it, and a hidden page ends it', async ({ page }) => {
  const who = person('op1104');
  const sought = guest();
  await signIn(page, who, words);
  await findGuest(page, sought, words, '客户投诉柜台排队时间过长');
  await revealButton(page, words, words.mobile).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: words.revealSubmit }).click();
  await dialog.getByLabel(words.stepUpCode).fill(await who.authenticator.next());
  await dialog.getByRole('button', { name: words.confirm }).click();
  const value = dialog.getByText(sought.mobile);
  await expect(value).toBeVisible();

  await page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await expect(value).toHaveCount(0);
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(value).toBeVisible();
  const allowed = await page.evaluate(() => {
    const shown = document.querySelector('output')!;
    return ['copy', 'cut', 'contextmenu', 'selectstart', 'dragstart'].map(name =>
      shown.dispatchEvent(new Event(name, { bubbles: true, cancelable: true })),
    );
  });
  expect(allowed).toEqual([false, false, false, false, false]);
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  await expect(value).toHaveCount(0);
  await expect(dialog.getByRole('status')).toHaveText(words.over);
});

test('v4 Escape closes the dialog and forgets the value', async ({ page }) => {
  const who = person('op1105');
  const sought = guest();
  await signIn(page, who, words);
  await findGuest(page, sought, words, '客户投诉手续费收取有误');
  await revealButton(page, words, words.mobile).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: words.revealSubmit }).click();
  await dialog.getByLabel(words.stepUpCode).fill(await who.authenticator.next());
  await dialog.getByRole('button', { name: words.confirm }).click();
  await expect(dialog.getByText(sought.mobile)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  expect(await page.content()).not.toContain(sought.mobile);
});
