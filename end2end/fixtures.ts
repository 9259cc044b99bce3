import { test as base, expect, type Page } from '@playwright/test';
import { Authenticator } from './totp';

export interface Staff {
  staff_no: string;
  role: string;
  unit: string;
  password: string;
  totp_secret: string;
}

export interface Guest {
  name: string;
  id_no: string;
  mobile: string;
  card_no: string;
  branch: string;
  ticket: string;
  purpose: string;
}

interface Demo {
  url: string;
  staff: Staff[];
  guests: Guest[];
}

/** What `grille demo --json` said first. */
export function demo(): Demo {
  return JSON.parse(process.env.GRILLE_DEMO ?? '{}') as Demo;
}

/** Someone with their authenticator. Each test has an operator of its own, since codes work once. */
export class Person {
  readonly authenticator: Authenticator;
  constructor(readonly staff: Staff) {
    this.authenticator = new Authenticator(staff.totp_secret);
  }
}

export function person(staffNo: string): Person {
  const staff = demo().staff.find(one => one.staff_no === staffNo);
  if (!staff) throw new Error(`no ${staffNo} in the demonstration`);
  return new Person(staff);
}

/** A guest of this branch, by position; purpose complaint, so that most fields may be revealed. */
export function guest(branch = '0101', nth = 0): Guest {
  const guests = demo().guests.filter(one => one.branch === branch);
  if (!guests[nth]) throw new Error(`no guest ${nth} of branch ${branch}`);
  return guests[nth];
}

/** Everything a browser complains about. Tests expect it to be empty. */
function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', message => {
    // a refusal is an answer, and the browser prints one line for it
    const refusal = /the server responded with a status of 4\d\d/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !refusal) complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(String(error)));
  return complaints;
}

export const test = base.extend<{ complaints: string[] }>({
  baseURL: async ({}, use) => use(demo().url),
  complaints: [
    async ({ page }, use) => {
      const complaints = listen(page);
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
