/** The stamp that `date` prints, which the original tool puts before its lines. See date(1), locale(5). */

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** East of Greenwich in minutes. Abbreviations that name one zone alone; another reads as this host's own. */
const zoneMinutes: Record<string, number> = {
  UTC: 0,
  GMT: 0,
  WEST: 60,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  EST: -300,
  EDT: -240,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  JST: 540,
};

/** `Tue Jan 13 13:35:58 CET 2026` of the C locale. */
const classicForm =
  /\b([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (?:([A-Z]{2,5}|[+-]\d\d(?:\d\d)?) )?(\d{4})\b/;
/** `Tue 13 Jan 2026 01:35:58 PM CET` of English ones in later coreutils. */
const dayFirstForm =
  /\b(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)(?: ([AP]M))?(?: ([A-Z]{2,5}|[+-]\d\d(?:\d\d)?))?/;

/** Milliseconds since 1970, or undefined when `text` holds no such stamp. Whole seconds are all it has. */
export function parseDateStamp(text: string): number | undefined {
  const classic = classicForm.exec(text);
  if (classic) {
    const [, month, day, hour, minute, second, zone, year] = classic;
    return toMs({ year, month, day, hour: Number(hour), minute, second, zone });
  }
  const found = dayFirstForm.exec(text);
  if (!found) return undefined;
  const [, day, month, year, hourText, minute, second, half, zone] = found;
  const hour = half === undefined ? Number(hourText) : (Number(hourText) % 12) + (half === "PM" ? 12 : 0);
  return toMs({ year, month, day, hour, minute, second, zone });
}

interface Parts {
  year: string | undefined;
  month: string | undefined;
  day: string | undefined;
  hour: number;
  minute: string | undefined;
  second: string | undefined;
  zone: string | undefined;
}

function toMs({ year, month, day, hour, minute, second, zone }: Parts): number | undefined {
  if (month === undefined) return undefined;
  const monthIndex = months.indexOf(month);
  if (monthIndex < 0) return undefined;
  const fields = [Number(year), monthIndex, Number(day), hour, Number(minute), Number(second)] as const;
  const offset = zoneOffset(zone);
  // Without a zone that is known, the time of day of this host: the log was most likely written on it.
  return offset === undefined ? new Date(...fields).getTime() : Date.UTC(...fields) - offset * 60_000;
}

function zoneOffset(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  const numeric = /^([+-])(\d\d)(\d\d)?$/.exec(zone);
  if (!numeric) return zoneMinutes[zone];
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3] ?? 0);
  return numeric[1] === "-" ? -minutes : minutes;
}
