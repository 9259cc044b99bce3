import { expect, type Locator, type Page } from '@playwright/test';
import type { Guest, Person } from './fixtures';

/** The words that the tests look for, as the screens have them. */
export const WORDS = {
  zh: {
    staffNo: '工号',
    password: '密码',
    next: '下一步',
    code: '验证码',
    signIn: '登录',
    mine: '我的工作',
    search: '客户查询',
    purpose: '使用目的',
    identified: '客户身份如何核实',
    ticket: '工单号',
    note: '说明',
    idNo: '身份证号',
    openAndSearch: '新建业务并查询',
    card: '客户资料',
    mobile: '手机号码',
    reveal: (label: string) => `查看${label}明文`,
    revealSubmit: '查看明文',
    stepUpCode: '身份验证器的验证码',
    confirm: '确认',
    left: /秒后重新脱敏/,
    over: /已重新脱敏/,
    close: '关闭',
    problems: '有需要更正的内容',
    codeWrong: /验证码不正确/,
    noscript: /需要启用 JavaScript/,
    language: 'English',
    why: (label: string) => new RegExp(`^${label}为何脱敏`),
    askToReveal: '申请查看明文',
    reason: '事由',
    idle: /没有操作/,
    restored: /已恢复您上次未提交的说明/,
    kept: '说明已暂存',
    none: '未查到客户',
    notFound: '未找到',
    notPermitted: '无权限',
    signOut: '退出',
    goOn: '继续未结业务',
  },
  en: {
    staffNo: 'Staff number',
    password: 'Password',
    next: 'Continue',
    code: 'Code',
    signIn: 'Sign in',
    mine: 'My work',
    search: 'Find a customer',
    purpose: 'Purpose',
    identified: 'How the customer was identified',
    ticket: 'Ticket number',
    note: 'Note',
    idNo: 'ID number',
    openAndSearch: 'Open case and search',
    card: 'Customer',
    mobile: 'Mobile',
    reveal: (label: string) => `Reveal ${label}`,
    revealSubmit: 'Reveal',
    stepUpCode: 'Code from your authenticator',
    confirm: 'Confirm',
    left: /Hidden again in/,
    over: /Hidden again\. The record/,
    close: 'Close',
    problems: 'There is a problem',
    codeWrong: /The code is not right/,
    noscript: /needs JavaScript/,
    language: '中文',
    why: (label: string) => new RegExp(`^Why is ${label} masked`),
    askToReveal: 'Ask to reveal it',
    reason: 'Reason',
    idle: /without activity/,
    restored: /Your unsent note is here again/,
    kept: 'Note kept',
    none: 'No customer found',
    notFound: 'Not found',
    notPermitted: 'Not permitted',
    signOut: 'Sign out',
    goOn: 'Go on in an open case',
  },
};

export type Words = (typeof WORDS)['zh'];

/** Both factors, in a browser with or without JavaScript. */
export async function signIn(page: Page, who: Person, words: Words, heading: string | null = words.mine): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel(words.staffNo, { exact: true }).fill(who.staff.staff_no);
  await page.getByLabel(words.password, { exact: true }).fill(who.staff.password);
  await page.getByRole('button', { name: words.next }).click();
  await page.getByLabel(words.code, { exact: true }).fill(await who.authenticator.next());
  await page.getByRole('button', { name: words.signIn }).click();
  await acknowledge(page);
  await expect(page.getByRole('heading', { level: 1, name: heading ?? undefined })).toBeVisible();
  await expect(page).not.toHaveURL(/sign-in/);
}

/** The notice of secrecy, which comes after each sign-in. */
export async function acknowledge(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/notice/);
  await page.getByRole('button', { name: /我已阅读并将遵守|I have read this/ }).click();
  await expect(page).not.toHaveURL(/\/notice/);
}

/** The whole search form; a note of its own for each case, since near-equal ones are refused. */
export async function fillSearch(page: Page, guest: Guest, words: Words, note: string): Promise<void> {
  await page.goto('/customers');
  await page.getByLabel(words.purpose, { exact: true }).selectOption(guest.purpose);
  await page.getByLabel(words.identified, { exact: true }).selectOption('document_seen');
  await page.getByLabel(words.ticket, { exact: true }).fill(guest.ticket);
  await page.getByLabel(words.note, { exact: true }).fill(note);
  await page.getByLabel(words.idNo, { exact: true }).fill(guest.id_no);
}

/** From an empty form to the guest's masked card. */
export async function findGuest(page: Page, guest: Guest, words: Words, note: string): Promise<void> {
  await fillSearch(page, guest, words, note);
  await page.getByRole('button', { name: words.openAndSearch }).click();
  await page.getByRole('row').nth(1).getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1, name: words.card, exact: true })).toBeVisible();
}

/** The button beside a mask. It is invisible until its verb works, so waiting for it is enough. */
export function revealButton(page: Page, words: Words, label: string): Locator {
  return page.getByRole('button', { name: words.reveal(label), exact: true });
}
