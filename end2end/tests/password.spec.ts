import { expect, Person, person, test } from '../fixtures';
import { signIn, WORDS } from '../pages';
import { enrol, expectNoFindings, PASSKEY, plugIn } from '../passkey';
import { filled, locale } from '../words';

const NEW = 'lantern orbit pickle seventeen';

for (const [language, tongue, staffNo, script] of [['zh', 'zh-CN', 'op1168', false], ['en', 'en-GB', 'op1169', true]] as const) {
  test.describe(`in ${language}, script ${script}`, () => {
    test.use({ locale: tongue, javaScriptEnabled: script });

    test(`u1 one changes one's own password by the old one and a second factor (${language})`, async ({ page, browser }) => {
      test.setTimeout(180_000);
      const [words, who] = [WORDS[language], person(staffNo)];
      const { password, code, fault, people } = locale(language);
      const field = (name: string) => page.getByLabel(name, { exact: true });
      await signIn(page, who, words);
      if (script) {
        await plugIn(page);
        await enrol(page, PASSKEY[language], 'desk', () => who.authenticator.next());
      }
      const fill = async (current: string, first: string, again: string) => {
        await page.goto('/me');
        await field(password!.current!).fill(current);
        await field(password!.new!).fill(first);
        await field(password!.again!).fill(again);
      };
      const change = page.getByRole('button', { name: password!.change!, exact: true });
      const alert = page.getByRole('alert').first();

      await fill(who.staff.password, NEW, `${NEW}!`);
      await change.click();
      await expect(alert).toContainText(fault!.password_differs!);
      if (script) await expectNoFindings(page);
      await fill('not their password', NEW, NEW);
      await change.click();
      await expect(alert).toContainText(code!.password_wrong!);
      await fill(who.staff.password, NEW, NEW);
      if (script) {
        await page.getByRole('button', { name: password!.by_passkey!, exact: true }).click();
      } else {
        await field(password!.code!).fill(await who.authenticator.next());
        await change.click();
      }
      await expect(page.getByText(password!.set!)).toBeVisible();

      // elsewhere the new one signs in, and tells that one was changed and that somebody failed
      const other = await browser.newContext({ locale: tongue, javaScriptEnabled: script });
      const there = await other.newPage();
      const old = new Person(who.staff);
      await there.goto('/sign-in');
      await there.getByLabel(words.staffNo, { exact: true }).fill(staffNo);
      await there.getByLabel(words.password, { exact: true }).fill(who.staff.password);
      await there.getByRole('button', { name: words.next }).click();
      await there.getByLabel(words.code, { exact: true }).fill(old.authenticator.wrong());
      await there.getByRole('button', { name: words.signIn }).click();
      await expect(there.getByRole('alert')).toBeVisible();
      const now = new Person({ ...who.staff, password: NEW });
      now.authenticator.follow(who.authenticator);
      await signIn(there, now, words);
      const start = (sentence: string) => filled(sentence, { count: '2' }).split('{')[0]!;
      await expect(there.getByText(start(people!.told_failed!))).toBeVisible();
      await expect(there.getByText(start(people!.told_password!))).toBeVisible();
      await other.close();
    });
  });
}
