import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, guest, person, test } from '../fixtures';
import { acknowledge, fillSearch, findGuest, revealButton, signIn, WORDS } from '../pages';

/** WCAG 2.2 AA, as far as a program can tell. */
async function expectNoFindings(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const told = violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`);
  expect(told, page.url()).toEqual([]);
}

/** Nothing stands out of the window sideways. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, page.url()).toBeLessThanOrEqual(0);
}

for (const [language, locale, staffNo] of [
  ['zh', 'zh-CN', 'op1141'],
  ['en', 'en-GB', 'op1142'],
] as const) {
  test.describe(`in ${language}`, () => {
    test.use({ locale });

    test('axe finds nothing on any page, at 1280 and at 320, and none scrolls sideways', async ({ page }) => {
      test.setTimeout(240_000);
      const words = WORDS[language];
      const who = person(staffNo);
      const sought = guest();
      const looked: string[] = [];
      const look = async (name: string) => {
        looked.push(name);
        await expectNoFindings(page);
        await expectNoSidewaysScroll(page);
        // 1280 at 400 % (WCAG 1.4.10)
        await page.setViewportSize({ width: 320, height: 256 });
        await expectNoSidewaysScroll(page);
        await page.setViewportSize({ width: 1280, height: 720 });
      };
      const search = page.getByRole('button', { name: words.openAndSearch });

      await page.goto('/sign-in?next=%2Fcustomers');
      await look('sign in');
      await page.getByRole('button', { name: words.next }).click();
      await look('sign in, refused');
      await page.getByLabel(words.staffNo, { exact: true }).fill(who.staff.staff_no);
      await page.getByLabel(words.password, { exact: true }).fill(who.staff.password);
      await page.getByRole('button', { name: words.next }).click();
      await look('second factor');
      await page.getByLabel(words.code, { exact: true }).fill(await who.authenticator.next());
      await page.getByRole('button', { name: words.signIn }).click();
      await expect(page).toHaveURL(/\/notice/);
      await look('notice');
      await acknowledge(page);
      await expect(page.getByRole('heading', { level: 1, name: words.search })).toBeVisible();
      await look('search');
      await page.goto('/');
      await look('home, empty');

      const notes = language === 'zh' ? ['客户投诉网银转账延迟到账', '核对寄错的对账单'] : ['Transfer came three days late', 'A letter went to the old address'];
      await fillSearch(page, sought, words, notes[0]!);
      await page.getByLabel(words.ticket, { exact: true }).fill('');
      await search.click();
      await expect(page.getByRole('alert')).toBeFocused();
      await look('search, refused');
      await fillSearch(page, sought, words, notes[0]!);
      await search.click();
      await expect(page.getByRole('row').nth(1).getByRole('link')).toBeFocused();
      await look('one found');
      await page.keyboard.press('Enter');
      await expect(revealButton(page, words, words.mobile)).toBeVisible();
      await look('card');
      await page.getByRole('button', { name: words.why(words.mobile) }).click();
      await expect(page.getByRole('button', { name: words.askToReveal })).toBeVisible();
      await look('card, why');
      await page.getByRole('button', { name: words.askToReveal }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await look('card, reveal');
      await page.keyboard.press('Escape');

      await fillSearch(page, sought, words, notes[1]!);
      // as good a number as any, and nobody's
      await page.getByLabel(words.idNo, { exact: true }).fill('990101199001011230');
      await search.click();
      await expect(page.getByText(words.none)).toBeVisible();
      await look('none found');
      await page.goto('/');
      await look('home, with cases');
      await page.goto('/customers');
      await expect(page.getByRole('navigation', { name: words.goOn })).toBeVisible();
      await look('search, with cases');
      await page.goto('/nowhere');
      await expect(page.getByRole('heading', { name: words.notFound })).toBeVisible();
      await look('not found');
      expect(looked.length).toBe(15);
    });
  });
}

test('by keyboard alone: sign in, open a case, find one, ask why, ask for the value, and shut', async ({ page }) => {
  const words = WORDS.zh;
  const who = person('op1143');
  const sought = guest();
  const keys = page.keyboard;
  await page.goto('/sign-in');
  await expect(page.getByLabel(words.staffNo, { exact: true })).toBeFocused();
  await keys.type(who.staff.staff_no);
  await keys.press('Tab');
  await keys.type(who.staff.password);
  await keys.press('Enter');
  await expect(page.getByLabel(words.code, { exact: true })).toBeFocused();
  await keys.type(await who.authenticator.next());
  await keys.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: '保密须知' })).toBeFocused();
  await keys.press('Tab');
  await keys.press('Enter');
  await page.getByRole('link', { name: words.search }).focus();
  await keys.press('Enter');
  await expect(page.getByLabel(words.purpose, { exact: true })).toBeFocused();
  // the second of the list: the first is "choose"
  await keys.press('ArrowDown');
  await keys.press('Tab');
  await keys.press('ArrowDown');
  await keys.press('Tab');
  await keys.type('Q-20261122-17');
  await keys.press('Tab');
  await keys.type('客户持折办理补登，折面号码模糊');
  await keys.press('Tab');
  await expect(page.getByLabel(words.idNo, { exact: true })).toBeFocused();
  await keys.type(sought.id_no);
  await keys.press('Enter');
  await expect(page.getByRole('row').nth(1).getByRole('link')).toBeFocused();
  await keys.press('Enter');
  const why = page.getByRole('button', { name: words.why(words.mobile) });
  await why.focus();
  await keys.press('Enter');
  await expect(page.getByRole('button', { name: words.askToReveal })).toBeVisible();
  await keys.press('Escape');
  await expect(page.getByRole('button', { name: words.askToReveal })).toBeHidden();
  await expect(why).toBeFocused();
  await keys.press('Tab');
  await expect(revealButton(page, words, words.mobile)).toBeFocused();
  await keys.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel(words.reason)).toBeFocused();
  await keys.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(revealButton(page, words, words.mobile)).toBeFocused();
});

test('what is asked for beside "why" leads into the same dialog, and back', async ({ page }) => {
  const words = WORDS.zh;
  await signIn(page, person('op1144'), words);
  await findGuest(page, guest(), words, '客户询问利率调整通知未送达');
  await page.getByRole('button', { name: words.why('姓名') }).click();
  await page.getByRole('button', { name: words.askToReveal }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel(words.reason)).toBeFocused();
  await expect(page.getByRole('button', { name: words.askToReveal })).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(revealButton(page, words, '姓名')).toBeFocused();
});

test.describe('who needs it otherwise', () => {
  test('reduced motion moves nothing, forced colours keep every border, print keeps masks and says who', async ({ page }) => {
    const words = WORDS.zh;
    const sought = guest();
    const who = person('op1145');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await signIn(page, who, words);
    await findGuest(page, sought, words, '客户来函询问理财到期安排');
    await page.getByRole('button', { name: words.why(words.mobile) }).click();
    const animations = await page.evaluate(() => document.getAnimations().length);
    expect(animations).toBe(0);
    await page.emulateMedia({ forcedColors: 'active' });
    const badge = page.locator('.class').first();
    expect(await badge.evaluate(one => getComputedStyle(one).borderTopStyle)).toBe('solid');
    await page.emulateMedia({ forcedColors: 'none', media: 'print' });
    await expect(page.locator('.print-mark').getByText(who.staff.staff_no).first()).toBeVisible();
    await expect(revealButton(page, words, words.mobile)).toBeHidden();
    await expect(page.getByRole('navigation').first()).toBeHidden();
    expect(await page.content()).not.toContain(sought.mobile);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('"why" opens and shuts, and says what unlocks the value', async ({ page }) => {
    const words = WORDS.zh;
    await signIn(page, person('op1146'), words);
    await findGuest(page, guest(), words, '客户查询开户网点迁址信息');
    const open = page.getByRole('button', { name: words.why(words.mobile) });
    const said = page.getByText('每次查看都需要新的验证码。').locator('visible=true');
    await expect(said).toHaveCount(0);
    await open.click();
    await expect(said).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(said).toHaveCount(0);
  });
});

test('words that were typed are there again after leaving, and gone once the case is open', async ({ page }) => {
  const words = WORDS.zh;
  const note = page.getByLabel(words.note, { exact: true });
  await signIn(page, person('op1147'), words);
  await page.goto('/customers');
  await expect(page.getByRole('status')).toHaveCount(1);
  await note.pressSequentially('客户说账单一直寄到旧住处');
  await expect(page.getByText(words.kept)).toBeVisible();
  await page.goto('/');
  await page.goto('/customers');
  await expect(note).toHaveValue('客户说账单一直寄到旧住处');
  await expect(page.getByText(words.restored)).toBeVisible();
  await findGuest(page, guest(), words, '客户说账单一直寄到旧住处');
  await page.goto('/customers');
  await expect(note).toHaveValue('');
});

test('after signing out, back shows nothing', async ({ page }) => {
  const words = WORDS.zh;
  await signIn(page, person('op1148'), words);
  await findGuest(page, guest(), words, '客户申请补寄对账单');
  await page.getByRole('button', { name: words.signOut }).click();
  await expect(page.getByRole('heading', { level: 1, name: words.signIn })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: words.signIn })).toBeVisible();
  await expect(page.locator('.mask')).toHaveCount(0);
});

test('thirty cards, endless names, other directions and piled signs stay inside their part', async ({ page }) => {
  const words = WORDS.zh;
  await signIn(page, person('op1151'), words);
  await findGuest(page, guest(), words, '客户要求逐张核对名下卡片');
  // the demonstration has nobody like that: only what is drawn is put in, no value
  await page.evaluate(() => {
    const masks = [...document.querySelectorAll('.mask')];
    masks[0]!.textContent = '*'.repeat(199) + '满';
    masks[1]!.textContent = 'م*'.repeat(100);
    masks[2]!.textContent = 'e\u0301\u0302\u0303\u0304\u0305\u0306\u0307'.repeat(60);
    masks[3]!.textContent = '\u202e****\u2066****';
    const card = [...document.querySelectorAll('.fact dd')].find(one => one.textContent?.includes('999900'))!;
    for (let item = 0; item < 29; item += 1) card.after(card.cloneNode(true));
  });
  for (const width of [1280, 1920, 320]) {
    await page.setViewportSize({ width, height: 720 });
    await expectNoSidewaysScroll(page);
    const out = await page.evaluate(() =>
      [...document.querySelectorAll('.fact')].filter(fact => {
        const part = fact.closest('.part')!.getBoundingClientRect();
        return [...fact.querySelectorAll('.mask, button')].some(one => {
          const box = one.getBoundingClientRect();
          return box.width > 0 && (box.left < part.left - 1 || box.right > part.right + 1);
        });
      }).length,
    );
    expect(out, `at ${width}`).toBe(0);
  }
});
