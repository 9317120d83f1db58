/** Text for a terminal that has ASCII alone. */

import { escapedCharacter } from "../core/shown.ts";

/** What nsomem draws and writes itself, by what it looks like; as wide as it is, but for the ellipsis. */
const alike: Readonly<Record<string, string>> = {
  ...{
    "█": "#",
    "░": "-",
    "│": "|",
    "─": "-",
    "·": "-",
    "•": "*",
    "…": "...",
    "→": ">",
    "←": "<",
    "↑": "^",
    "↓": "v",
  },
  ...{ "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "*" },
  ...{ "−": "-", "–": "-", "×": "x", "≥": ">=", "“": '"', "”": '"', "’": "'" },
};

/** Any other character is shown by its number, as what cannot be shown always is. */
export function asciiOf(text: string): string {
  return text.replace(/[^\x00-\x7f]/gu, (character) => alike[character] ?? escapedCharacter(character));
}
