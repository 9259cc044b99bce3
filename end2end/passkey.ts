import AxeBuilder from '@axe-core/playwright';
import type { CDPSession, Page } from '@playwright/test';
import { expect } from './fixtures';

/** What the pages say of passkeys. */
export const PASSKEY = {
  zh: {
    mine: '我的通行密钥',
    name: '名称',
    add: '登记',
    code: '身份验证器的验证码',
    byCode: '用验证码确认',
    use: '使用通行密钥',
    revoke: (name: string) => `撤销通行密钥：${name}`,
    none: '尚未登记通行密钥。',
    dismissed: /浏览器没有完成/,
    failed: /登录失败/,
    copied: /计数倒退/,
  },
  en: {
    mine: 'My passkeys',
    name: 'Name',
    add: 'Add',
    code: 'Code of your authenticator',
    byCode: 'Confirm by code',
    use: 'Use a passkey',
    revoke: (name: string) => `Revoke the passkey ${name}`,
    none: 'No passkey is enrolled yet.',
    dismissed: /did not finish/,
    failed: /Signing in failed/,
    copied: /counted backwards/,
  },
};

export interface Device {
  wire: CDPSession;
  id: string;
}

/** An authenticator with a PIN or a finger that is always given, as the browser simulates one. */
export async function plugIn(page: Page): Promise<Device> {
  const wire = await page.context().newCDPSession(page);
  await wire.send('WebAuthn.enable');
  const { authenticatorId: id } = await wire.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { wire, id };
}

export async function enrol(page: Page, words: (typeof PASSKEY)['zh'], name: string, code: () => Promise<string>): Promise<void> {
  await page.goto('/me');
  await page.getByLabel(words.name, { exact: true }).fill(name);
  await page.getByRole('button', { name: words.add, exact: true }).click();
  await expect(page.getByLabel(words.code, { exact: true })).toBeVisible();
  await expectNoFindings(page);
  await page.getByLabel(words.code, { exact: true }).fill(await code());
  await page.getByRole('button', { name: words.byCode }).click();
  await expect(page.getByRole('heading', { level: 3, name })).toBeVisible();
}

/** WCAG 2.2 AA, as far as a program can tell. */
export async function expectNoFindings(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  expect(violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`)).toEqual([]);
}
