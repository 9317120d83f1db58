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

export function bindControls(controls: Controls): void {
  const pointer = pointerLine(controls);
  const actions = buttonActions(controls, pointer);
  for (const [id, action] of Object.entries(actions))
    document.getElementById(id)?.addEventListener("click", action);
  bindKeys(keyActions(controls, pointer, actions));
  bindEvents(controls, pointer);
  bindPresets(controls);
}

/** The pointer line of all charts, as keys and the list of events move it. */
interface PointerLine {
  /** Undefined until keys or list move it. */
  readonly atMs: number | undefined;
  put(atMs: number): void;
  /** One step is a hundredth of what is shown; negative: earlier. */
  step(steps: number): void;
}

function pointerLine({ charts, views }: Controls): PointerLine {
  let current: number | undefined;
  const put = (atMs: number) => {
    current = atMs;
    for (const chart of charts) chart.pointAt(atMs);
  };
  return {
    get atMs() {
      return current;
    },
    put,
    step(steps) {
      const { fromMs, toMs } = views.current;
      const at = current ?? (fromMs + toMs) / 2;
      put(Math.min(toMs, Math.max(fromMs, at + ((toMs - fromMs) / 100) * steps)));
    },
  };
}

/** By the id of the button in page.ts. */
type ButtonActions = Record<"zoom-in" | "zoom-out" | "earlier" | "later" | "reset" | "fit", () => void>;

function buttonActions({ charts, views, choose }: Controls, pointer: PointerLine): ButtonActions {
  let fitted = false;
  return {
    "zoom-in": () => views.zoom(0.5, pointer.atMs),
    "zoom-out": () => views.zoom(2, pointer.atMs),
    earlier: () => views.pan(-0.5),
    later: () => views.pan(0.5),
    reset() {
      choose(undefined);
      views.reset();
    },
    fit() {
      fitted = !fitted;
      document.getElementById("fit")?.setAttribute("aria-pressed", String(fitted));
      for (const chart of charts) chart.fit(fitted);
    },
  };
}

/** By the name of the key, arrows with Shift by `Shift+ArrowLeft`. */
type KeyActions = Record<string, () => void>;

function keyActions({ views }: Controls, pointer: PointerLine, buttons: ButtonActions): KeyActions {
  return {
    "+": buttons["zoom-in"],
    "=": buttons["zoom-in"],
    "-": buttons["zoom-out"],
    "0": buttons.reset,
    Escape: buttons.reset,
    f: buttons.fit,
    ArrowLeft: () => pointer.step(-1),
    ArrowRight: () => pointer.step(1),
    "Shift+ArrowLeft": () => views.pan(-0.25),
    "Shift+ArrowRight": () => views.pan(0.25),
  };
}

function bindKeys(actions: KeyActions): void {
  document.getElementById("charts")?.addEventListener("keydown", (pressed) => {
    if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
    const isShifted = pressed.shiftKey && pressed.key.startsWith("Arrow");
    const action = actions[isShifted ? `Shift+${pressed.key}` : pressed.key];
    if (!action) return;
    pressed.preventDefault();
    action();
  });
}

/** A chosen event is shown with the five minutes before and after it. */
const aroundMs = 300_000;

function bindEvents({ views, events, choose }: Controls, pointer: PointerLine): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-at]")) {
    button.addEventListener("click", () => {
      const atMs = Number(button.dataset.at);
      for (const other of document.querySelectorAll("button[data-at][aria-current]"))
        other.removeAttribute("aria-current");
      button.setAttribute("aria-current", "true");
      choose(events.find((event) => event.atMs === atMs));
      views.show({ fromMs: atMs - aroundMs, toMs: atMs + aroundMs });
      pointer.put(atMs);
      document.getElementById("charts")?.scrollIntoView({ block: "nearest" });
    });
  }
}

/** The last hour, day or week of the recording, and its last incident; a button that would change nothing is not there. */
function bindPresets({ views, events, choose }: Controls): void {
  const { fromMs, toMs } = views.whole;
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-last-ms]")) {
    const lengthMs = Number(button.dataset.lastMs);
    button.hidden = toMs - fromMs <= lengthMs;
    button.addEventListener("click", () => views.show({ fromMs: toMs - lengthMs, toMs }));
  }
  const incident = events.findLast((event) => event.incident !== undefined)?.incident;
  const own = events.filter((event) => event.incident !== undefined && event.incident === incident);
  const [first, last] = [own[0], own.at(-1)];
  const button = document.getElementById("incident");
  if (!button || !first || !last) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    choose(first);
    views.show({ fromMs: first.atMs - aroundMs, toMs: last.atMs + aroundMs });
  });
}
