/** Buttons, keys and the list of events. */

import type { Chart } from "./chart.ts";
import type { PageEvent } from "./page-model.ts";
import type { Views } from "./view.ts";

export interface Controls {
  charts: readonly Chart[];
  views: Views;
  events: readonly PageEvent[];
  choose: (event: PageEvent | undefined) => void;
}

/** Around an event: five minutes before and after. */
const aroundMs = 300_000;

export function bindControls({ charts, views, events, choose }: Controls): void {
  let fitted = false;
  let pointMs: number | undefined;
  const fitButton = document.getElementById("fit");
  const toggleFit = () => {
    fitted = !fitted;
    fitButton?.setAttribute("aria-pressed", String(fitted));
    for (const chart of charts) chart.fit(fitted);
  };
  /** The pointer line by the keyboard, a hundredth of what is shown at a time. */
  const point = (steps: number) => {
    const { fromMs, toMs } = views.current;
    const at = pointMs ?? (fromMs + toMs) / 2;
    pointMs = Math.min(toMs, Math.max(fromMs, at + ((toMs - fromMs) / 100) * steps));
    for (const chart of charts) chart.pointAt(pointMs);
  };
  const deeds: Record<string, () => void> = {
    "zoom-in": () => views.zoom(0.5, pointMs),
    "zoom-out": () => views.zoom(2, pointMs),
    earlier: () => views.pan(-0.5),
    later: () => views.pan(0.5),
    reset: () => {
      choose(undefined);
      views.reset();
    },
    fit: toggleFit,
  };
  for (const [id, deed] of Object.entries(deeds))
    document.getElementById(id)?.addEventListener("click", deed);

  const keys: Record<string, () => void> = {
    "+": () => deeds["zoom-in"]?.(),
    "=": () => deeds["zoom-in"]?.(),
    "-": () => deeds["zoom-out"]?.(),
    "0": () => deeds.reset?.(),
    Escape: () => deeds.reset?.(),
    f: toggleFit,
    ArrowLeft: () => point(-1),
    ArrowRight: () => point(1),
    "Shift+ArrowLeft": () => views.pan(-0.25),
    "Shift+ArrowRight": () => views.pan(0.25),
  };
  document.getElementById("charts")?.addEventListener("keydown", (pressed) => {
    if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
    const deed =
      keys[pressed.shiftKey && pressed.key.startsWith("Arrow") ? `Shift+${pressed.key}` : pressed.key];
    if (!deed) return;
    pressed.preventDefault();
    deed();
  });

  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-at]")) {
    button.addEventListener("click", () => {
      const atMs = Number(button.dataset.at);
      for (const other of document.querySelectorAll("button[data-at][aria-current]"))
        other.removeAttribute("aria-current");
      button.setAttribute("aria-current", "true");
      pointMs = atMs;
      choose(events.find((event) => event.atMs === atMs));
      views.show({ fromMs: atMs - aroundMs, toMs: atMs + aroundMs });
      for (const chart of charts) chart.pointAt(atMs);
      document.getElementById("charts")?.scrollIntoView({ block: "nearest" });
    });
  }
}
