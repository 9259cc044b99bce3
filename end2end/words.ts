import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

type Section = Record<string, string>;

/** What the screens say, by section and key: the same files that the server draws from. */
export function locale(language: 'zh' | 'en'): Record<string, Section> {
  const file = join(resolve(import.meta.dirname, '..'), 'app', 'locales', `${language}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Section>;
}

/** A sentence of them with its `{places}` filled. */
export function filled(sentence: string, places: Record<string, string>): string {
  return Object.entries(places).reduce((text, [name, value]) => text.replace(`{${name}}`, value), sentence);
}
