// A Chromium that is driven, and what every script asks of it.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const modules = createRequire(process.env.BROWSER_MODULES);
const puppeteer = modules("puppeteer-core");
const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");

/** How long anything may take, in milliseconds, whatever else the machine does. */
const PATIENCE = 90_000;

export const browser = () =>
  puppeteer.launch({
    executablePath: "/usr/bin/chromium",
    timeout: PATIENCE,
    // In a container Chromium cannot make a sandbox; it only sees our own pages.
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"],
  });

/** A tab of this width that prefers this language. */
export async function tab(chromium, { width = 1280, lang = "fr" } = {}) {
  const page = await chromium.newPage();
  await page.setViewport({ width, height: 900 });
  await page.setExtraHTTPHeaders({ "accept-language": lang });
  page.setDefaultTimeout(PATIENCE);
  return page;
}

const ALL = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"] };
/** What a colour scheme can change. */
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

/** What axe-core reproaches the page with; the page's own policy lets no script in but the debugger's. */
export async function reproaches(page, dark) {
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.evaluate(axe);
  return page.evaluate(async (runOnly) => {
    const told = await axe.run(document, { runOnly, resultTypes: ["violations"] });
    const short = ({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 5).map((node) => node.html).join(" | ")}`;
    return { violations: told.violations.map(short), passes: told.passes.length };
  }, dark ? COLOURS : ALL);
}
