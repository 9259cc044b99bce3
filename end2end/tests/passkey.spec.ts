import type { Browser, Page } from '@playwright/test';
import { demo, expect, guest, person, test } from '../fixtures';
import { acknowledge, findGuest, revealButton, signIn, WORDS } from '../pages';
import { enrol, expectNoFindings, PASSKEY, plugIn } from '../passkey';

/** The password, up to the second factor. */
async function firstFactor(page: Page, staffNo: string, password: string, words: (typeof WORDS)['zh']): Promise<void> {
  await page.context().clearCookies({ name: '__Host-grille' });
  await page.goto('/sign-in');
  await page.getByLabel(words.staffNo, { exact: true }).fill(staffNo);
  await page.getByLabel(words.password, { exact: true }).fill(password);
  await page.getByRole('button', { name: words.next }).click();
}

for (const [language, locale, staffNo, note] of [
  ['zh', 'zh-CN', 'op1161', '客户投诉贷款还款日被更改'],
  ['en', 'en-GB', 'op1162', 'Says a standing order was cancelled twice'],
] as const) {
  test.describe(`in ${language}`, () => {
    test.use({ locale });

    test('u2 a passkey is enrolled, signs in, steps up and is revoked', async ({ page, browser }) => {
      const [words, passkey, who, sought] = [WORDS[language], PASSKEY[language], person(staffNo), guest()];
      await plugIn(page);
      await signIn(page, who, words);
      await page.goto('/me');
      await expect(page.getByText(passkey.none)).toBeVisible();
      const name = language === 'zh' ? '办公室电脑' : 'office desktop';
      await enrol(page, passkey, name, () => who.authenticator.next());

      await firstFactor(page, who.staff.staff_no, who.staff.password, words);
      await expect(page.getByRole('button', { name: passkey.use })).toBeVisible();
      await expectNoFindings(page);
      await page.getByRole('button', { name: passkey.use }).click();
      await acknowledge(page);
      await expect(page.getByRole('heading', { level: 1, name: words.mine })).toBeVisible();

      await findGuest(page, sought, words, note);
      await revealButton(page, words, words.mobile).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: words.revealSubmit, exact: true }).click();
      await expect(dialog.getByRole('button', { name: passkey.use })).toBeVisible();
      await expectNoFindings(page);
      await dialog.getByRole('button', { name: passkey.use }).click();
      await expect(dialog.getByText(sought.mobile)).toBeVisible();
      await page.keyboard.press('Escape');

      // what is not the browser's part needs no JavaScript
      const storageState = await page.context().storageState();
      const plain = await browser.newContext({ storageState, locale, javaScriptEnabled: false, baseURL: demo().url });
      const list = await plain.newPage();
      await list.goto('/me');
      await expect(list.getByText(words.noscript)).toBeVisible();
      await list.getByRole('button', { name: passkey.revoke(name) }).click();
      await expect(list.getByText(passkey.none)).toBeVisible();
      await plain.close();
    });
  });
}

test('u2 without user verification, or from a copy, a passkey does not sign in', async ({ page }) => {
  const [words, passkey, who] = [WORDS.zh, PASSKEY.zh, person('op1163')];
  const { wire, id } = await plugIn(page);
  await signIn(page, who, words);
  await enrol(page, passkey, '安全密钥', () => who.authenticator.next());
  const { credentials } = await wire.send('WebAuthn.getCredentials', { authenticatorId: id });
  expect(credentials).toHaveLength(1);

  await wire.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false });
  await firstFactor(page, who.staff.staff_no, who.staff.password, words);
  await page.getByRole('button', { name: passkey.use }).click();
  await expect(page.getByRole('alert')).toContainText(passkey.dismissed);
  await wire.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: true });
  await page.getByRole('button', { name: passkey.use }).click();
  await acknowledge(page);
  await expect(page.getByRole('heading', { level: 1, name: words.mine })).toBeVisible();

  // the same key once more, from before it signed anything
  await wire.send('WebAuthn.removeCredential', { authenticatorId: id, credentialId: credentials[0]!.credentialId });
  await wire.send('WebAuthn.addCredential', { authenticatorId: id, credential: { ...credentials[0]!, signCount: 0 } });
  await firstFactor(page, who.staff.staff_no, who.staff.password, words);
  await page.getByRole('button', { name: passkey.use }).click();
  await expect(page.getByRole('alert')).toContainText(passkey.failed);
  await signIn(page, who, words);
  await page.goto('/me');
  await expect(page.getByText(passkey.copied)).toBeVisible();
});

/** What the log has of this person's step-ups, oldest first. */
async function recorded(browser: Browser, staffNo: string): Promise<string[]> {
  const context = await browser.newContext({ baseURL: demo().url, locale: 'zh-CN' });
  const page = await context.newPage();
  await signIn(page, person('su3001'), WORDS.zh, null);
  const answer = await page.request.post('/api/audit/events', {
    form: { staff_no: staffNo, kind: 'step_up', decision: 'refused' },
    headers: { origin: demo().url },
  });
  const { events } = (await answer.json()) as { events: { code: string }[] };
  await context.close();
  return events.map(event => event.code).reverse();
}

test('v2 replayed, for another act, unverified, from another site: each is refused and recorded', async ({
  page,
  browser,
}) => {
  const [words, passkey, who] = [WORDS.zh, PASSKEY.zh, person('op1164')];
  const { wire, id } = await plugIn(page);
  await signIn(page, who, words);
  await enrol(page, passkey, '安全密钥', () => who.authenticator.next());
  await findGuest(page, guest(), words, '客户投诉短信提醒重复收费');
  const dialog = page.getByRole('dialog');
  const ask = async (label: string) => {
    await revealButton(page, words, label).click();
    await dialog.getByRole('button', { name: words.revealSubmit, exact: true }).click();
  };
  /** Presses the button, and gives back what the server said. */
  const answer = async (): Promise<string> => {
    const said = page.waitForResponse(response => response.url().endsWith('/api/step_up/passkey'));
    await dialog.getByRole('button', { name: passkey.use }).click();
    return ((await (await said).json()) as { code: string }).code;
  };

  const first = page.waitForRequest(request => request.url().endsWith('/api/step_up/passkey'));
  await ask(words.mobile);
  expect(await answer()).toBe('ok');
  const sent = (await first).postData() ?? '';
  const replayed = await page.evaluate(async body => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch('/api/step_up/passkey', { method: 'POST', headers, body });
    return ((await answer.json()) as { code: string }).code;
  }, sent);
  expect(replayed).toBe('challenge_spent');
  await page.keyboard.press('Escape');

  await ask(words.idNo);
  /** Sends something else than the browser made. */
  const instead = async (change: (assertion: string) => string) => {
    await page.unroute('**/api/step_up/passkey');
    await page.route('**/api/step_up/passkey', route => {
      const form = new URLSearchParams(route.request().postData() ?? '');
      form.set('assertion', change(form.get('assertion') ?? ''));
      return route.continue({ postData: form.toString() });
    });
  };
  await instead(() => new URLSearchParams(sent).get('assertion') ?? '');
  expect(await answer()).toBe('challenge_other_act');

  // a browser that does not insist, and an authenticator that does not check
  await instead(assertion => assertion);
  await wire.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false });
  await page.route('**/api/step_up/passkey/begin', async route => {
    const answer = await route.fetch();
    const options = (await answer.json()) as { publicKey: { userVerification: string } };
    options.publicKey.userVerification = 'discouraged';
    await route.fulfill({ response: answer, json: options });
  });
  expect(await answer()).toBe('passkey_not_verified');
  await page.unroute('**/api/step_up/passkey/begin');
  await wire.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: true });

  await instead(assertion => {
    const whole = JSON.parse(assertion) as { response: { clientDataJSON: string } };
    const client = Buffer.from(whole.response.clientDataJSON, 'base64url').toString();
    const elsewhere = client.replace(/"origin":"[^"]*"/, '"origin":"https://grille.evil.example"');
    whole.response.clientDataJSON = Buffer.from(elsewhere).toString('base64url');
    return JSON.stringify(whole);
  });
  expect(await answer()).toBe('passkey_foreign_origin');
  expect(await recorded(browser, who.staff.staff_no)).toEqual([
    'challenge_spent',
    'challenge_other_act',
    'passkey_not_verified',
    'passkey_foreign_origin',
  ]);
});
