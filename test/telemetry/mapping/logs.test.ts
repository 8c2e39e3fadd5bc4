/** Text logs: lines that are cut by a format of GoAccess, or between blanks outside of quotes. */
import { describe, expect, test } from 'vitest';
import { logFormatOf } from '../../../src/config/recordForms.ts';
import { fieldNames, fieldsOfLog } from '../../../src/telemetry/logLine.ts';
import { usageOf } from '../../support/mapped.ts';
import { checkAsync, fc } from '../../support/properties.ts';

function cut(line: string, ...formats: string[]): Record<string, string> | undefined {
  const parsed = formats.map((text) => {
    const format = logFormatOf(text);
    if ('reason' in format) throw new Error(format.reason);
    return format;
  });
  const form = { kind: 'formats', formats: parsed } as const;
  const names = fieldNames(form, []);
  const fields = fieldsOfLog(line, form, names);
  return fields && Object.fromEntries(names.map((name, i) => [name, fields[i]!]).filter(([, text]) => text !== ''));
}

describe('a format finds fields by what stands between them', () => {
  test.each`
    line                                       | format                        | fields
    ${'h - u [t] "GET /a?b=1 HTTP/1.1" 200 5'} | ${'%h %^ %e [%t] "%r" %s %b'} | ${{ '%h': 'h', '%e': 'u', '%t': 't', '%r': 'GET /a?b=1 HTTP/1.1', '%m': 'GET', '%U': '/a', '%q': 'b=1', '%H': 'HTTP/1.1', '%s': '200', '%b': '5' }}
    ${'h - a b [t] 200'}                       | ${'%h - %e [%t] %s'}          | ${{ '%h': 'h', '%e': 'a b', '%t': 't', '%s': '200' }}
    ${'"a \\"b\\" \\\\" "c"'}                  | ${'"%R" "%u"'}                | ${{ '%R': 'a "b" \\', '%u': 'c' }}
    ${'"" "c"'}                                | ${'"%R" "%u"'}                | ${{ '%u': 'c' }}
    ${'{api.acme} 5'}                          | ${'{%{host}} %{bytes}'}       | ${{ host: 'api.acme', bytes: '5' }}
    ${'50% x'}                                 | ${'%{share}%% x'}             | ${{ share: '50' }}
    ${'"-" 5'}                                 | ${'"%r" %b'}                  | ${{ '%r': '-', '%b': '5' }}
    ${'"\\x16\\x03" 5'}                        | ${'"%r" %b'}                  | ${{ '%r': '\\x16\\x03', '%b': '5' }}
    ${'200 "Mozilla/5.0 (cut'}                 | ${'%s "%^'}                   | ${{ '%s': '200' }}
  `('$line by $format', ({ line, format, fields }) => {
    expect(cut(line, format)).toEqual(fields);
  });

  test.each`
    line              | format          | why
    ${'h 2000 5'}     | ${'%h %s %b'}   | ${'a status has three digits'}
    ${'h 200 5 more'} | ${'%h %s %b'}   | ${'%b is digits'}
    ${'h "200 5'}     | ${'%{x} %s %b'} | ${'a quote outside of quotes'}
    ${'"open 200'}    | ${'"%r" %s'}    | ${'the quote is never closed'}
    ${'200 "a h "b"'} | ${'%s "%^'}     | ${'a line that is joined to one cut off is no part of its field'}
    ${'"a"b" 200'}    | ${'"%r" %s'}    | ${'the quote that closes is followed by a letter'}
    ${'h  200'}       | ${'%h [%t] %s'} | ${'a literal is missing'}
    ${''}             | ${'%h'}         | ${'a host has a letter'}
  `('"$line" does not fit $format: $why', ({ line, format }) => {
    expect(cut(line, format)).toBeUndefined();
  });

  test('of several formats the first that fits counts, and fields that it lacks are nothing', () => {
    const formats = ['%v:%{port} %h %s', '%h %s'];
    expect(cut('acme:443 h 200', ...formats)).toEqual({ '%v': 'acme', port: '443', '%h': 'h', '%s': '200' });
    expect(cut('h 200', ...formats)).toEqual({ '%h': 'h', '%s': '200' });
  });

  test('property: whatever a server writes between quotes, the line is cut where it was put together', async () => {
    const quoted = fc.string({ maxLength: 12 }).map((text) => text.replace(/[\n\r\0]/g, ' '));
    const written = (text: string) => text.replace(/["\\]/g, '\\$&');
    await checkAsync(
      fc.asyncProperty(quoted, quoted, fc.integer({ min: 100, max: 599 }), async (request, agent, status) => {
        const found = cut(`h "${written(request)}" ${status} "${written(agent)}"`, '%h "%{request}" %s "%u"');
        const fields = { '%h': 'h', request, '%s': String(status), '%u': agent };
        expect(found).toEqual(Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== '')));
      }),
    );
  });

  test('a line of a million blanks or brackets is read once', () => {
    // With backtracking this would not end.
    for (const hostile of [' ', ' [', '] "', '\\"', '"']) {
      const line = hostile.repeat(200_000);
      expect(cut(line, '%v:%{port} %h %^ %e [%t] "%r" %s %b "%R" "%u"', '%h %^ %e [%t] "%r" %s %b')).toBeUndefined();
    }
  });
});

describe('split: fields between blanks outside of quotes', () => {
  const FORM = { kind: 'space-quoted' } as const;
  test.each`
    line                   | fields
    ${'a "b c" d'}         | ${['a', 'b c', 'd']}
    ${'a "" d'}            | ${['a', '', 'd']}
    ${'a "b \\"c\\"" d e'} | ${['a', 'b "c"', 'd']}
    ${'a b"c d'}           | ${['a', 'b"c', 'd']}
    ${'a  d'}              | ${['a', '', 'd']}
    ${'a "b" '}            | ${['a', 'b', '']}
    ${'a b'}               | ${undefined}
    ${'a "b" "c'}          | ${undefined}
    ${'a "b"c d'}          | ${undefined}
  `('$line', ({ line, fields }) => {
    expect(fieldsOfLog(line, FORM, ['x', 'y', 'z'])).toEqual(fields);
  });

  test('names behind a mark, as in W3C logs', async () => {
    const map = `split: space-quoted\ncomments: '#'\nheader: '#Fields:'\ntimestamp: [date, time]\ntimezone: UTC\ncustomer_id: cs-host\nroute: cs-uri-stem\nmeters: { requests: 1, egress: sc-bytes }\n`;
    const rows = `#Software: x\n#Fields: date time cs-host cs-uri-stem sc-bytes\n2026-10-02 08:00:00 acme /a 5\n\n2026-10-02 08:00:01 acme "/b c" 7\r\n2026-10-02 08:00:01 acme\n`;
    const found = await usageOf({ map, rows });
    expect(found.lines).toEqual(['acme,2026-10,2,,12,']);
    expect(found.stderr).toContain('rows:6: "2026-10-02 08:00:01 acme"');
  });
});

describe('bytes', () => {
  const MAP = `format: '%e [%t] "%r" %b'\ntimestamp: { field: '%t', format: '%d/%b/%Y:%T %z' }\ncustomer_id: '%e'\nmeters: { requests: 1, egress: '%b' }\n`;
  const line = (user: string) => `${user} [02/Oct/2026:10:00:01 +0200] "GET / HTTP/1.1" 5`;

  test('UTF-8 is decoded, and what is not UTF-8 or has a NUL byte is rejected', async () => {
    const rows = Buffer.concat([
      Buffer.from(`${line('Müller & Söhne')}\n`),
      Buffer.from(`${line('M\xfcller')}\n`, 'latin1'),
      Buffer.from(`${line('a\0')}\n`),
    ]);
    const found = await usageOf({ map: MAP, rows });
    expect(found.lines).toEqual(['Müller & Söhne,2026-10,1,,5,']);
    expect(found.stderr).toMatch(/\[row\/invalid-utf8\][\s\S]*\[row\/nul-byte\]/);
  });

  test('a last line without line end counts, and is told', async () => {
    const found = await usageOf({ map: MAP, rows: `${line('a')}\n${line('a')}` });
    expect(found.lines).toEqual(['a,2026-10,2,,10,']);
    expect(found.stderr).toContain('the last row of rows has no line end');
  });
});
