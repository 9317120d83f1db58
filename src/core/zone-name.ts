/** Time zones as they follow a clock: `CET`, `+0100`, `+01:00`, `Z`, `GMT+2`. */

/**
 * Hours east of Greenwich of what an abbreviation may mean. Of several the host's own is meant, where it is among
 * them. From the IANA time zone database, which gives younger zones numbers in place of letters.
 */
const hoursOf: Record<string, readonly number[]> = {
  Z: [0],
  UTC: [0],
  UCT: [0],
  GMT: [0],
  WET: [0],
  WEST: [1],
  BST: [1, 6],
  CET: [1],
  MET: [1],
  CEST: [2],
  MEST: [2],
  EET: [2],
  SAST: [2],
  CAT: [2],
  WAT: [1],
  EAT: [3],
  EEST: [3],
  MSK: [3],
  IST: [5.5, 1, 2],
  IDT: [3],
  PKT: [5],
  WIB: [7],
  HKT: [8],
  PST: [-8, 8],
  JST: [9],
  KST: [9],
  AWST: [8],
  ACST: [9.5],
  ACDT: [10.5],
  AEST: [10],
  AEDT: [11],
  NZST: [12],
  NZDT: [13],
  NST: [-3.5],
  NDT: [-2.5],
  AST: [-4],
  ADT: [-3],
  EST: [-5],
  EDT: [-4],
  CST: [-6, 8, -5],
  CDT: [-5, -4],
  MST: [-7],
  MDT: [-6],
  PDT: [-7],
  AKST: [-9],
  AKDT: [-8],
  HST: [-10],
};

const numericForm = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d\d))?$/;

/** What a zone's name says: an offset from UTC in minutes east, the host's own time, or not to be told. */
export type Zone = { offsetMinutes: number } | "own" | "unknown";

/**
 * `ownMinutes`: the host's offset at that time. A name that is in no table is the host's own, whose clock the log
 * most likely followed; one that is known, and means several zones but not the host's, is unknown.
 */
export function zoneOf(name: string | undefined, ownMinutes: number): Zone {
  if (name === undefined) return "own";
  const numeric = numericForm.exec(name);
  if (numeric) {
    const minutes = Number(numeric[2]) * 60 + Number(numeric[3] ?? 0);
    return { offsetMinutes: numeric[1] === "-" ? -minutes : minutes };
  }
  const hours = hoursOf[name];
  if (!hours || hours.includes(ownMinutes / 60)) return "own";
  const [only] = hours;
  return hours.length === 1 && only !== undefined ? { offsetMinutes: only * 60 } : "unknown";
}
