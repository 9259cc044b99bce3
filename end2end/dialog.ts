import { expect, type Locator, type Page } from '@playwright/test';
import type { Guest, Person } from './fixtures';
import { findGuest, revealButton, signIn, type Words } from './pages';

/** The words of the reveal dialog, as the screens have them. */
export const DIALOG = {
  zh: {
    reason: '事由',
    note: '补充说明',
    hide: '立即隐藏',
    more: /延长 \d+ 秒/,
    moreDone: '已延长一次',
    copy: '复制一次（留痕）',
    copyDone: '已复制一次',
    copied: /已复制，复制前已留痕/,
    blocked: /本次尝试已留痕/,
    covered: /您已离开本窗口/,
    yes: '需要 (Y)',
    signIn: '登录（新标签页）',
    signedOut: /登录已失效/,
    unreachable: /无法连接服务器/,
    busy: /系统繁忙/,
    codeUsed: /已使用过/,
    wait: /请在 \d+ 秒后重试/,
    secondPerson: /此操作需要第二人/,
    expiry: '卡片有效期',
    name: '姓名',
  },
  en: {
    reason: 'Reason',
    note: 'Note',
    hide: 'Hide now',
    more: /\d+ s more/,
    moreDone: 'Extended once',
    copy: 'Copy once (recorded)',
    copyDone: 'Copied once',
    copied: /Copied, and recorded before/,
    blocked: /The attempt is recorded/,
    covered: /Covered while you are elsewhere/,
    yes: 'Yes (Y)',
    signIn: 'Sign in (new tab)',
    signedOut: /You are not signed in/,
    unreachable: /could not be reached/,
    busy: /too busy/,
    codeUsed: /was used before/,
    wait: /Try again in \d+ s/,
    secondPerson: /needs a second person/,
    expiry: 'Card expiry',
    name: 'Name',
  },
};

/** From the sign-in page to the guest's card. */
export async function toCard(page: Page, who: Person, guest: Guest, words: Words, note: string): Promise<void> {
  await signIn(page, who, words);
  await findGuest(page, guest, words, note);
}

/** From the card to the value on the screen. */
export async function show(page: Page, who: Person, words: Words, label: string, value: string): Promise<Locator> {
  const dialog = await ask(page, words, label);
  await dialog.getByRole('button', { name: words.revealSubmit }).click();
  await answer(dialog, who, words);
  await expect(dialog.locator('output')).toContainText(value);
  return dialog;
}

export async function ask(page: Page, words: Words, label: string): Promise<Locator> {
  await revealButton(page, words, label).click();
  return page.getByRole('dialog');
}

export async function answer(dialog: Locator, who: Person, words: Words): Promise<void> {
  await dialog.getByLabel(words.stepUpCode).fill(await who.authenticator.next());
  await dialog.getByRole('button', { name: words.confirm }).click();
}

/** Everything that a page holds: elements, attributes, shadow trees, what inputs hold, storage, addresses. */
export async function everything(page: Page): Promise<string> {
  return page.evaluate(() => {
    const parts = [document.documentElement.outerHTML, document.title, location.href, JSON.stringify(history.state)];
    const walk = (root: Document | ShadowRoot) => {
      for (const element of root.querySelectorAll('*')) {
        if ('value' in element) parts.push(String(element.value));
        parts.push(JSON.stringify((element as HTMLElement).dataset ?? {}), (element as HTMLElement).title ?? '');
        if (element.shadowRoot) {
          parts.push(element.shadowRoot.innerHTML);
          walk(element.shadowRoot);
        }
      }
    };
    walk(document);
    parts.push(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), String(getSelection()));
    parts.push(...performance.getEntries().map(entry => entry.name));
    return parts.join('\n');
  });
}

/** The forms that a page posted to an endpoint, from now on. */
export function posted(page: Page, path: string): URLSearchParams[] {
  const forms: URLSearchParams[] = [];
  page.on('request', request => {
    if (new URL(request.url()).pathname === path) forms.push(new URLSearchParams(request.postData() ?? ''));
  });
  return forms;
}
