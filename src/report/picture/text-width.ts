/** Widths of text in DejaVu Sans, so that a picture is laid out without drawing it first. */

const unitsPerEm = 2048;

/** Advance widths of U+0020 … U+007E. Source: table hmtx of DejaVuSans.ttf 2.37. */
const advances = [
  651, 821, 942, 1716, 1303, 1946, 1597, 563, 799, 799, 1024, 1716, 651, 739, 651, 690, 1303, 1303, 1303,
  1303, 1303, 1303, 1303, 1303, 1303, 1303, 690, 690, 1716, 1716, 1716, 1087, 2048, 1401, 1405, 1430, 1577,
  1294, 1178, 1587, 1540, 604, 604, 1343, 1141, 1767, 1532, 1612, 1235, 1612, 1423, 1300, 1251, 1499, 1401,
  2025, 1403, 1251, 1403, 799, 690, 799, 1716, 1024, 1024, 1255, 1300, 1126, 1300, 1260, 721, 1300, 1298, 569,
  569, 1186, 569, 1995, 1298, 1253, 1300, 1300, 842, 1067, 803, 1298, 1212, 1675, 1212, 1212, 1075, 1303, 690,
  1303, 1716,
];

/** From the same table; a character that is in neither counts as the widest of these. */
const others: Record<string, number> = {
  "·": 651,
  "–": 1024,
  "−": 1716,
  "→": 1716,
  "↑": 1716,
  "×": 1716,
  "…": 2048,
  "°": 1024,
  "²": 821,
};

/** Width in pixels at a font size in pixels. */
export function textWidth(text: string, size: number): number {
  let units = 0;
  for (const character of text) {
    units += advances[character.charCodeAt(0) - 32] ?? others[character] ?? unitsPerEm;
  }
  return (units * size) / unitsPerEm;
}

/** `text`, or its beginning with … where it would be wider than `widthMax` pixels. */
export function fitText(text: string, size: number, widthMax: number): string {
  if (textWidth(text, size) <= widthMax) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join("")}…`, size) > widthMax) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}
