import { expect, Person, test, type Staff } from '../fixtures';
import { look } from '../look';
import { signIn, WORDS } from '../pages';
import { enrol as enrolPasskey, PASSKEY, plugIn } from '../passkey';
import { begin } from '../server';
import { filled, locale } from '../words';

/** Everybody is due from the first day on. */
const ALL_DUE = { GRILLE_STAFF__RECERTIFY_NOTICE_DAYS: '90' };

for (const [language, tongue, script] of [['zh', 'zh-CN', true], ['en', 'en-GB', false]] as const) {
  test(`u7 rights are certified one by one, with a factor (${tongue}, script ${script})`, async ({ browser }) => {
    test.setTimeout(180_000);
    const bank = await begin(2, ALL_DUE);
    const { url, staff } = JSON.parse(bank.said) as { url: string; staff: Staff[] };
    const admin = new Person(staff.find(one => one.staff_no === 'ad9001')!);
    const { recertify, people, fault } = locale(language);
    const context = await browser.newContext({ baseURL: url, locale: tongue, javaScriptEnabled: script });
    const page = await context.newPage();
    const tick = (no: string) => page.locator(`input[name="tick_${no}"]`);
    const submit = page.getByRole('button', { name: recertify!.certify!, exact: true });

    // home says that many are due, and until when one's own rights last
    await signIn(page, admin, WORDS[language], null);
    await expect(page.getByText(recertify!.told_own!.split('{')[0]!)).toBeVisible();
    await look(page, script);
    await page.getByRole('link', { name: filled(recertify!.told_due!, { count: String(staff.length - 1), days: '90' }) }).click();

    // one tick a person, none for oneself and none for all
    await expect(page.getByRole('checkbox')).toHaveCount(staff.length - 1);
    await expect(tick('ad9001')).toHaveCount(0);
    await expect(page.getByRole('row').filter({ hasText: 'op1001' })).toContainText('0101');
    await look(page, script);
    await submit.click();
    await expect(page.getByRole('alert')).toContainText(fault!.nobody_ticked!);

    // a wrong code certifies nobody, and the ticks stay
    await tick('op1001').check();
    await tick('su3001').check();
    await page.getByLabel(recertify!.code!, { exact: true }).fill('12345');
    await submit.click();
    await expect(page.getByRole('alert')).toBeVisible();
    await look(page, script);
    await expect(tick('op1001')).toBeChecked();
    await expect(tick('ap2001')).not.toBeChecked();
    const before = await tick('op1001').getAttribute('value');
    await page.getByLabel(recertify!.code!, { exact: true }).fill(await admin.authenticator.next());
    await submit.click();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect(tick('op1001')).not.toBeChecked();
    expect(await tick('op1001').getAttribute('value')).not.toBe(before);

    if (script) {
      await plugIn(page);
      await enrolPasskey(page, PASSKEY[language], 'desk', () => admin.authenticator.next());
      await page.goto('/admin/recertification');
      await look(page, script);
      const another = await tick('op1002').getAttribute('value');
      await tick('op1002').check();
      await page.getByRole('button', { name: recertify!.certify_by_passkey!, exact: true }).click();
      await expect(tick('op1002')).not.toHaveAttribute('value', another!);
    }

    // whoever should not keep theirs is suspended from their own page, and is due no more
    await page.getByRole('link', { name: 'ap2001', exact: true }).click();
    await look(page, script);
    await page.getByRole('button', { name: people!.suspend!, exact: true }).click();
    await page.goto('/admin/recertification');
    await expect(tick('ap2001')).toHaveCount(0);
    await page.goto('/admin/staff');
    await expect(page.getByRole('columnheader', { name: people!.certified_until! })).toBeVisible();
    await look(page, script);

    await context.close();
    await bank.stop();
  });
}
