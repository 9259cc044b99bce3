import { inflateSync } from 'node:zlib';

/**
 * The text of a PDF as Chromium writes one: content streams that show glyphs by number, and for each font a
 * map from numbers to Unicode. Enough of the format to see whether something was printed, and no more.
 */
export function textOf(pdf: Buffer): string {
  const source = pdf.toString('latin1');
  const objects = new Map<string, string>();
  const streams = new Map<string, string>();
  for (const head of source.matchAll(/(\d+) 0 obj\b/g)) {
    const from = head.index + head[0].length;
    const words = source.slice(from, source.indexOf('endobj', from));
    const begins = /stream\r?\n/.exec(words);
    const dictionary = words.slice(0, begins?.index);
    objects.set(head[1]!, dictionary);
    // by its length: what is compressed may end with any byte, and hold any word
    const length = /\/Length (\d+)/.exec(dictionary);
    if (!begins || !length) continue;
    const at = from + begins.index + begins[0].length;
    const bytes = Buffer.from(source.slice(at, at + Number(length[1])), 'latin1');
    streams.set(head[1]!, (dictionary.includes('/FlateDecode') ? inflateSync(bytes) : bytes).toString('latin1'));
  }
  // font names are Chromium's own and the same on each page
  const fonts = new Map<string, Font>();
  for (const [, name, id] of source.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const map = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id!) ?? '');
    if (map) fonts.set(name!, unicodeOf(streams.get(map[1]!) ?? ''));
  }
  let text = '';
  for (const content of streams.values()) {
    if (!/\bTf\b/.test(content)) continue;
    let font: Font | undefined;
    for (const [, name, glyphs] of content.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)> Tj/g)) {
      if (name) font = fonts.get(name);
      if (font && glyphs) {
        const digits = new RegExp(`.{${font.digits}}`, 'g');
        for (const glyph of glyphs.match(digits) ?? []) text += font.glyphs.get(parseInt(glyph, 16)) ?? '';
      }
    }
    text += '\n';
  }
  return text;
}

interface Font {
  /** Hexadecimal digits of a glyph's number: four, or two where each glyph is a drawing. */
  digits: number;
  glyphs: Map<number, string>;
}

function unicodeOf(map: string): Font {
  const found = new Map<number, string>();
  const digits = /begincodespacerange\s*<(\w+)>/.exec(map)?.[1]?.length ?? 4;
  const utf16 = (hex: string) => String.fromCharCode(...(hex.match(/.{4}/g) ?? []).map(unit => parseInt(unit, 16)));
  for (const [, block] of map.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, glyph, code] of block!.matchAll(/<(\w+)> <(\w+)>/g)) found.set(parseInt(glyph!, 16), utf16(code!));
  }
  for (const [, block] of map.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, first, last, code] of block!.matchAll(/<(\w+)> <(\w+)> <(\w+)>/g)) {
      const [from, to, start] = [first!, last!, code!].map(hex => parseInt(hex, 16)) as [number, number, number];
      for (let glyph = from; glyph <= to; glyph++) found.set(glyph, String.fromCharCode(start + glyph - from));
    }
  }
  return { digits, glyphs: found };
}
