import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './fixtures';

/** The page fits a teller screen, and with a script axe finds nothing. */
export async function look(page: Page, script = true): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide, page.url()).toBeLessThanOrEqual(1280);
  if (!script) return;
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`);
  expect(told, page.url()).toEqual([]);
}
