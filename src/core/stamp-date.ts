/** The calendar day within a stamp, in whatever order a locale writes it. */

import { monthOf } from "./month-name.ts";

/** `month` is 1–12. Without a year it is the latest such day. */
export interface StampDate {
  year: number | undefined;
  month: number;
  day: number;
}

const yearFirst =
  /(?<!\d)(\d{4})(?:[-/]|\. ?|年 {0,2}|년 ?)(\d{1,2})(?:[-/]|\. ?|月 {0,2}|월 ?)(\d{1,2})(?!\d)/u;
const yearLast = /(?<![\d.])(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?![\d.])/;
/** A month by its name, and the day beside it: `Jan 13`, `13. janv.`, `13-Jan`, `13 de enero`, `2026. jan. 13.` */
const monthThenDay = /(?<!\p{L}|\d[/-])(\p{L}{3,})\.?[ -]{1,2}(\d{1,2})(?!\d)/gu;
const dayThenMonth =
  /(?<!\d)(\d{1,2})(?:\.|er|º|ª)?[ /-]{1,2}(?:de )?(\p{L}{3,})\.?(?:[/-](\d{4}|\d\d)(?!\d))?/gu;
const marchAlone = 3;

/** The day and what of `text` is left beside it, or undefined where there is none or it could be another one too. */
export function findDate(text: string): { date: StampDate; rest: string } | undefined {
  const found = numericDate(text) ?? namedDate(text);
  return found && isOfCalendar(found.date) ? found : undefined;
}

function numericDate(text: string) {
  const first = yearFirst.exec(text);
  if (first) {
    const [whole, year, month, day] = first;
    return {
      date: { year: Number(year), month: Number(month), day: Number(day) },
      rest: text.replace(whole, " "),
    };
  }
  const last = yearLast.exec(text);
  if (!last) return undefined;
  const [whole, one, separator, other, yearText = ""] = last;
  const order = orderOf(Number(one), Number(other), separator);
  if (!order) return undefined;
  const year = Number(yearText) + (yearText.length === 2 ? 2000 : 0);
  return { date: { year, ...order }, rest: text.replace(whole, " ") };
}

/** With points the day always comes first; else only a number above 12 tells which one is the day. */
function orderOf(one: number, other: number, separator: string | undefined) {
  if (separator === "." || one > 12 || one === other) return { day: one, month: other };
  return other > 12 ? { day: other, month: one } : undefined;
}

function namedDate(text: string) {
  const found = [
    ...[...text.matchAll(monthThenDay)].map(([whole, name = "", day]) => ({
      whole,
      name,
      day,
      year: undefined,
    })),
    ...[...text.matchAll(dayThenMonth)].map(([whole, day, name = "", year]) => ({ whole, name, day, year })),
  ].flatMap((one) => {
    const month = monthOf(one.name);
    return month === undefined ? [] : [{ ...one, month }];
  });
  // "mar." is Tuesday too, in French, Italian and Spanish.
  const others = found.filter(({ month }) => month !== marchAlone);
  const [chosen, ...more] = others.length > 0 ? others : found;
  if (!chosen || more.some(({ month, day }) => month !== chosen.month || day !== chosen.day))
    return undefined;
  let rest = [chosen, ...found].reduce((left, { whole }) => left.replace(whole, " "), text);
  const year = chosen.year ?? /(?<![\d.:+-])(\d{4})(?![\d:])/.exec(text)?.[1];
  if (year !== undefined) rest = rest.replace(year, " ");
  const yearNumber = year === undefined ? undefined : Number(year) + (year.length === 2 ? 2000 : 0);
  return { date: { year: yearNumber, month: chosen.month, day: Number(chosen.day) }, rest };
}

function isOfCalendar({ year = 2000, month, day }: StampDate): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
