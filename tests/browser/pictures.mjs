// The pictures of deploy/screenshots/, small enough for a README.
//   pictures.mjs URL FOLDER
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { browser, tab } from "./open.mjs";

const [base, folder] = process.argv.slice(2);
// Name, address, look.
const PICTURES = [
  ["overview", "/", "wide"],
  ["overview-dark", "/", "dark"],
  ["overview-narrow", "/", "narrow"],
  ["overview-printed", "/", "printed"],
  ["procurement", "/procurement", "wide"],
  ["procurement-narrow", "/procurement", "narrow"],
  ["exits", "/exits", "wide"],
  ["lifetime", "/lifetime", "wide"],
  ["footprint", "/footprint", "wide"],
  ["footprint-dark", "/footprint", "dark"],
  ["fleet", "/fleet?status=in_use&kind=laptop", "wide"],
  ["strategy", "/strategy", "wide"],
  ["quality", "/quality", "dark"],
  ["lifetime-printed", "/lifetime", "printed"],
];

const chromium = await browser();
try {
  for (const [name, address, look] of PICTURES) {
    const page = await tab(chromium, { width: look === "narrow" ? 390 : 1280 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: look === "dark" ? "dark" : "light" }]);
    await page.goto(base + address);
    if (look === "printed") {
      const pdf = join(folder, `${name}.pdf`);
      await page.pdf({ path: pdf, format: "A4", margin: { top: "12mm", bottom: "12mm", left: "12mm", right: "12mm" } });
      execFileSync("pdftoppm", ["-r", "90", "-f", "1", "-l", "1", "-singlefile", "-png", pdf, join(folder, name)]);
      const png = join(folder, `${name}.png`);
      // Back through the browser, which writes WebP; the page's own policy would let no picture in.
      await page.goto("about:blank");
      await page.setContent(`<img src="data:image/png;base64,${readFileSync(png).toString("base64")}">`);
      writeFileSync(join(folder, `${name}.webp`), await (await page.$("img")).screenshot({ type: "webp", quality: 34 }));
      rmSync(pdf);
      rmSync(png);
    } else {
      const whole = await page.evaluate(() => document.documentElement.scrollHeight);
      const { width } = page.viewport();
      const height = Math.min(whole, look === "narrow" ? 1300 : 1040);
      const clip = { x: 0, y: 0, width, height };
      await page.screenshot({ path: join(folder, `${name}.webp`), type: "webp", quality: 34, clip, captureBeyondViewport: true });
    }
    await page.close();
  }
  console.log(JSON.stringify(PICTURES.map(([name]) => `${name}.webp`)));
} finally {
  await chromium.close();
}
