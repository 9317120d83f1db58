/** A real browser without a window, and a page that says what it asked for and complained of. */

import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Why there is no browser, or undefined. */
export function browserMissing(): string | undefined {
  return existsSync(executablePath) ? undefined : `${executablePath} is not there; set CHROMIUM`;
}

export function launchBrowser(): Promise<Browser> {
  // Tests run as root in containers, where Chromium's own sandbox has no user namespace.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

export interface OpenedPage {
  page: Page;
  requests: string[];
  complaints: string[];
}

/** Opens a file and waits until its charts are drawn. */
export async function openFile(
  browser: Browser,
  path: string,
  colorScheme: "light" | "dark" = "light",
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, colorScheme });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() !== "log" && message.type() !== "info") complaints.push(message.text());
  });
  await page.goto(`file://${path}`);
  await page.waitForSelector("html[data-ready]", { timeout: 15_000 });
  return { page, requests, complaints };
}
