/** Month names as locales write them, as far as the word alone tells the month. */

/**
 * The first letters of each month's names, without accents. Where two languages mean different months by one word
 * (`lis`: November to a Pole, October to a Croat; `srp`: August or July), it is left out.
 */
const beginnings: readonly (readonly string[])[] = [
  ["jan", "ene", "gen", "gennaio", "ian", "tammi", "sty", "led", "oca", "янв", "січ", "ιαν"],
  ["feb", "fev", "helmi", "lut", "uno", "фев", "лют", "φεβ"],
  ["mar", "maalis", "mrt", "maerz", "mrz", "bre", "мар", "бер", "μαρ"],
  ["apr", "abr", "avr", "huhti", "kwi", "dub", "nis", "апр", "кві", "απρ"],
  ["may", "mai", "maj", "mei", "mag", "touko", "kve", "мая", "маи", "тра", "μαι"],
  ["jun", "juin", "iun", "giu", "kesa", "cze", "июн", "чер", "ιουν"],
  ["jul", "juil", "iul", "lug", "heina", "lip", "июл", "лип", "ιουλ"],
  ["aug", "ago", "aou", "elo", "sie", "agu", "авг", "сер", "αυγ"],
  ["sep", "set", "syys", "wrz", "zar", "eyl", "сен", "вер", "σεπ"],
  ["oct", "okt", "out", "ott", "loka", "paz", "rij", "eki", "окт", "жов", "οκτ"],
  ["nov", "noi", "marras", "ноя", "νοε"],
  ["dec", "dez", "des", "dic", "joulu", "gru", "pro", "ara", "дек", "гру", "δεκ"],
];

/** The longest beginning wins: `marras` is not March. */
const known = beginnings
  .flatMap((words, index) => words.map((word) => ({ word, month: index + 1 })))
  .sort((a, b) => b.word.length - a.word.length);

/** 1–12, or undefined for a word that names no month, or not one alone. */
export function monthOf(name: string): number | undefined {
  const plain = name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return known.find(({ word }) => plain.startsWith(word))?.month;
}
