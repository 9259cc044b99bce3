import type { Browser, BrowserContext, Page } from '@playwright/test';
import { expect, Person, test, type Staff } from '../fixtures';
import { look } from '../look';
import { signIn, WORDS } from '../pages';
import { enrol as enrolPasskey, PASSKEY, plugIn } from '../passkey';
import { begin, type Running } from '../server';
import { filled, locale } from '../words';

/** Administrators sign in again and again here, so each language has a bank of its own. */
interface Bank extends Running {
  url: string;
  who: (staffNo: string) => Person;
}

async function open(): Promise<Bank> {
  const running = await begin(2, {});
  const { url, staff } = JSON.parse(running.said) as { url: string; staff: Staff[] };
  return { ...running, url, who: no => new Person(staff.find(one => one.staff_no === no)!) };
}

for (const [language, tongue, script] of [['zh', 'zh-CN', true], ['en', 'en-GB', false]] as const) {
  test(`u4 u7 an invitation by two, a link, first factors, and a reset by two (${tongue}, script ${script})`, async ({ browser }) => {
    test.setTimeout(240_000);
    const [words, bank] = [WORDS[language], await open()];
    const { people, enrol, code, power } = locale(language);
    const contexts: BrowserContext[] = [];
    const sit = async (): Promise<Page> => {
      const context = await (browser as Browser).newContext({ baseURL: bank.url, locale: tongue, javaScriptEnabled: script });
      contexts.push(context);
      return context.newPage();
    };
    const [first, second] = [bank.who('ad9001'), bank.who('ad9002')];
    const [one, two] = [await sit(), await sit()];
    await signIn(one, first, words, null);
    await signIn(two, second, words, null);
    const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
    const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
    const waits = filled(people!.told_waiting!, { count: '1' });
    const confirm = async (note: string, byPasskey = false): Promise<void> => {
      await two.goto('/');
      await two.getByRole('link', { name: waits }).click();
      await two.getByRole('row').filter({ hasText: people!.waiting! }).getByRole('link').click();
      await look(two, script);
      // without a code nothing is confirmed, and what was written stays
      await field(two, people!.note!).fill(note);
      await button(two, people!.confirm!).click();
      await expect(two.getByRole('alert')).toBeVisible();
      await expect(field(two, people!.note!)).toHaveValue(note);
      if (byPasskey) {
        await field(two, people!.note!).fill('');
        await button(two, people!.confirm_by_passkey!).click();
        await expect(two.getByRole('alert').filter({ hasText: people!.note! })).toHaveCount(1);
        await field(two, people!.note!).fill(note);
        await button(two, people!.confirm_by_passkey!).click();
      } else {
        await expect(button(two, people!.confirm_by_passkey!)).toHaveCount(0);
        await field(two, people!.code!).fill(await second.authenticator.next());
        await button(two, people!.confirm!).click();
      }
      await expect(two.getByRole('alert')).toHaveCount(0);
      await expect(two.getByText(note)).toBeVisible();
    };
    const link = async (): Promise<string> => {
      await one.goto('/');
      await one.getByRole('link', { name: people!.show_link! }).click();
      await button(one, people!.show_link!).click();
      await look(one, script);
      return (await one.locator('code.secret').textContent())!;
    };

    // an administrator proposes, and cannot confirm
    await one.getByRole('link', { name: people!.title! }).click();
    await look(one, script);
    await field(one, people!.person!).fill('P1200');
    await field(one, people!.name!).fill('韩梅 Han Mei');
    await field(one, people!.no!).fill('op1101');
    await field(one, people!.role!).selectOption('operator');
    await field(one, people!.unit!).fill('0101');
    await button(one, people!.propose!).click();
    await expect(one.getByRole('alert')).toBeVisible();
    await expect(field(one, people!.name!)).toHaveValue('韩梅 Han Mei');
    await field(one, people!.no!).fill('op1200');
    await button(one, people!.propose!).click();
    await expect(one.getByText(people!.own!)).toBeVisible();
    await expect(button(one, people!.confirm!)).toHaveCount(0);
    await expect(one.getByRole('row').filter({ hasText: power!.reveal_field! })).toContainText(people!.gained!);

    // a second one sees who would gain what, and confirms with a factor
    await confirm('HR letter 2026-117 seen');

    // the person sets factors by a link that does not say whose it is
    const address = await link();
    const invited = await sit();
    await invited.goto(address);
    await look(invited, script);
    await expect(invited.getByText('op1200')).toHaveCount(0);
    await expect(invited.getByRole('img')).toBeVisible();
    const secret = (await invited.locator('code.secret').textContent())!.replaceAll(' ', '');
    const mei = new Person({ staff_no: 'op1200', role: 'operator', unit: '0101', password: 'lantern orbit pickle seventeen', totp_secret: secret });
    const set = async (page: Page, password: string, label: string) => {
      await field(page, enrol!.staff_no!).fill('op1200');
      await field(page, label).fill(password);
      await field(page, enrol!.code!).fill(await mei.authenticator.next());
      await button(page, enrol!.submit!).click();
    };
    await set(invited, 'password1234', enrol!.password!);
    await expect(invited.getByRole('alert')).toBeVisible();
    await expect(field(invited, enrol!.staff_no!)).toHaveValue('op1200');
    await set(invited, mei.staff.password, enrol!.password!);
    await expect(invited).toHaveURL(/sign-in/);
    await signIn(invited, mei, words);
    const again = await sit();
    await again.goto(address);
    await expect(again.getByText(code!.link_invalid!)).toBeVisible();

    // a reset: proposed, confirmed, told to the person, used with the password they have
    await one.goto('/admin/staff/op1200');
    await look(one, script);
    await button(one, people!.reset!).click();
    await expect(one.getByText(people!.own!)).toBeVisible();
    if (script) {
      await plugIn(two);
      await enrolPasskey(two, PASSKEY[language], 'desk', () => second.authenticator.next());
    }
    await confirm('Phone lost, person came to the desk', script);
    await invited.goto('/');
    await expect(invited.getByRole('heading', { name: people!.told! })).toBeVisible();
    await look(invited, script);
    const anew = await link();
    const desk = await sit();
    await desk.goto(anew);
    await expect(field(desk, enrol!.password!)).toHaveCount(0);
    const fresh = (await desk.locator('code.secret').textContent())!.replaceAll(' ', '');
    const back = new Person({ ...mei.staff, totp_secret: fresh });
    await field(desk, enrol!.staff_no!).fill('op1200');
    await field(desk, enrol!.current!).fill(mei.staff.password);
    await field(desk, enrol!.code!).fill(await back.authenticator.next());
    await button(desk, enrol!.submit!).click();
    await expect(desk).toHaveURL(/sign-in/);
    // the old session went with the old factor
    await invited.goto('/');
    await expect(invited).toHaveURL(/sign-in/);
    await signIn(desk, back, words);

    // taking away takes one, at once
    await one.goto('/admin/staff/op1200');
    await button(one, people!.suspend!).click();
    await desk.goto('/');
    await expect(desk).toHaveURL(/sign-in/);

    for (const context of contexts) await context.close();
    await bank.stop();
  });
}
