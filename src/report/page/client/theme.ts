/** Dark or light: as the reader's system wants it until the reader chooses; printed, the page is light. */

/** The present value of a style variable, for the canvas, which has no styles of its own. */
export function styleValue(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** `onChange` redraws what is painted with `styleValue`. */
export function watchTheme(button: HTMLButtonElement, onChange: () => void): void {
  const root = document.documentElement;
  const set = (theme: string | undefined) => {
    root.dataset.theme = theme ?? "light";
    button.textContent = theme === "dark" ? "Light" : "Dark";
    onChange();
  };
  button.textContent = root.dataset.theme === "dark" ? "Light" : "Dark";
  button.addEventListener("click", () => set(root.dataset.theme === "dark" ? "light" : "dark"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) =>
    set(matches ? "dark" : "light"),
  );
  let before = root.dataset.theme;
  addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    set("light");
  });
  addEventListener("afterprint", () => set(before));
}
