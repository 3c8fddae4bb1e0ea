// Colours, where a terminal has them.

const codes = {bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36} as const;

export type Paint = (text: string, colour: keyof typeof codes) => string;

export const paintOf =
  (hasColours: boolean): Paint =>
  (text, colour) =>
    hasColours ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text;
