import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, guest, person, test, type Person } from '../fixtures';
import { acknowledge, findGuest, revealButton, signIn, WORDS } from '../pages';

// One person has one session, and there is one auditor: these tests are one after another. Signing in as one of
// them elsewhere would end the session here.
test.describe.configure({ mode: 'default' });
let auditor: Person;
test.beforeAll(() => {
  auditor ??= person('au4001');
});

/** The words of the supervisor's pages. */
const LOG = {
  zh: { overview: '监督总览', events: '访问日志', integrity: '日志完整性', live: '开始实时跟踪', liveTable: '实时跟踪', older: '更早', query: '查询', reset: '重置', kind: '类型', staffNo: '工号', verify: '立即校验并留痕', proof: /已计入检查点/, run: '全量校验' },
  en: { overview: 'Supervision', events: 'Access log', integrity: 'Log integrity', live: 'Follow live', liveTable: 'Live tail', older: 'Older', query: 'Search', reset: 'Reset', kind: 'Kind', staffNo: 'Staff number', verify: 'Verify now and record it', proof: /is in checkpoint/, run: 'Verify the whole log' },
};

async function enter(page: Page, who: Person, language: 'zh' | 'en'): Promise<void> {
  const words = WORDS[language];
  await page.goto('/sign-in');
  await page.getByLabel(words.staffNo, { exact: true }).fill(who.staff.staff_no);
  await page.getByLabel(words.password, { exact: true }).fill(who.staff.password);
  await page.getByRole('button', { name: words.next }).click();
  await page.getByLabel(words.code, { exact: true }).fill(await who.authenticator.next());
  await page.getByRole('button', { name: words.signIn }).click();
  await acknowledge(page);
  const home = who.staff.role === 'auditor' ? { zh: '审计', en: 'Audit' } : { zh: '监督', en: 'Supervision' };
  await expect(page.getByRole('heading', { level: 1, name: home[language] })).toBeVisible();
}

async function expectFit(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('s1 the log is filtered, turned over, opened and verified by plain links and forms', async ({ page }) => {
    const words = LOG.zh;
    await enter(page, auditor, 'zh');
    await page.getByRole('link', { name: words.events }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: words.events })).toBeVisible();
    await page.getByLabel(words.kind, { exact: true }).selectOption('staff_created');
    await page.getByRole('button', { name: words.query, exact: true }).click();
    await expect(page).toHaveURL(/kind=staff_created/);
    await expect(page.getByRole('row')).not.toHaveCount(0);
    await page.goto('/supervise/events?limit=5&kind=staff_created');
    const entry = () => page.getByRole('row').nth(1).getByRole('link').first().getAttribute('href');
    const first = await entry();
    await page.getByRole('link', { name: words.older, exact: true }).click();
    await expect(page).toHaveURL(/before=\d+&query=[0-9a-f]{32}/);
    expect(await entry()).not.toEqual(first);
    await page.getByRole('row').nth(1).getByRole('link').first().click();
    await expect(page.getByText(words.proof)).toBeVisible();
    await page.getByRole('button', { name: words.verify }).click();
    await expect(page.getByText(words.proof)).toBeVisible();
    await page.goto('/supervise/events?staff_no=%27x');
    await expect(page.getByRole('alert')).toContainText(words.staffNo);
    await page.getByRole('link', { name: words.reset }).click();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test('s1 a live tail shows a reveal that someone else makes', async ({ page, browser }) => {
  await enter(page, person('su3002'), 'zh');
  await page.goto('/supervise/events');
  await page.getByRole('button', { name: LOG.zh.live }).click();
  const other = await browser.newContext({ locale: 'zh-CN' });
  const teller = await other.newPage();
  const operator = person('op1112');
  await signIn(teller, operator, WORDS.zh);
  await findGuest(teller, guest(), WORDS.zh, '客户投诉短信提醒未送达');
  await revealButton(teller, WORDS.zh, WORDS.zh.mobile).click();
  await teller.getByRole('button', { name: WORDS.zh.revealSubmit, exact: true }).click();
  await teller.getByLabel(WORDS.zh.stepUpCode).fill(await operator.authenticator.next());
  await teller.getByRole('button', { name: WORDS.zh.confirm }).click();
  const live = page.getByRole('table', { name: LOG.zh.liveTable });
  await expect(live.getByRole('row').filter({ hasText: '明文查看' }).filter({ hasText: 'op1112' })).not.toHaveCount(0);
  await other.close();
  await expectFit(page);
});

test('s1 s7 every page fits a teller screen, and axe finds nothing, in both languages', async ({ page }) => {
  await enter(page, auditor, 'zh');
  const languages = [['zh', 'English'], ['en', '中文']] as const;
  for (const [language, other] of languages) {
    for (const [address, name] of [['/supervise', LOG[language].overview], ['/supervise/events', LOG[language].events], ['/supervise/integrity', LOG[language].integrity]]) {
      await page.goto(address);
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
      await expectFit(page);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${language}${address.replaceAll('/', '-')}.png` });
    }
    await page.goto('/supervise/events');
    await page.getByRole('row').nth(1).getByRole('link').first().click();
    await expect(page.getByText(LOG[language].proof)).toBeVisible();
    await expectFit(page);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${language}-event.png` });
    await page.getByRole('button', { name: other }).click();
  }
});
