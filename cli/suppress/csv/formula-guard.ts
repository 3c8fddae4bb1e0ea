// A spreadsheet takes a field that begins with = for a formula, and a server may have written the field. An apostrophe before
// it makes it a text (OWASP, "CSV Injection"). Import takes the apostrophe away again.

const risky = /^'*[=+\-@\t]/;

export const guarded = (field: string): string => (risky.test(field) ? `'${field}` : field);

export const unguarded = (field: string): string =>
  field.startsWith("'") && risky.test(field) ? field.slice(1) : field;
